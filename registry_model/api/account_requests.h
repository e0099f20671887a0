// Requests and responses of the account settings, in AWS's own shapes.
//
// Source  ecr-replication.md 3 (11), 4.2, 9, 10.3.
#pragma once

#include <string>
#include <string_view>

namespace crrsim {

struct PutAccountSettingResponse {
  std::string name;
  std::string value;

  friend bool operator==(const PutAccountSettingResponse&, const PutAccountSettingResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("value", self.value);
  }
};

struct PutAccountSettingRequest {
  static constexpr std::string_view kOperation = "PutAccountSetting";
  using Response = PutAccountSettingResponse;

  std::string name;  // BLOB_MOUNTING, REGISTRY_POLICY_SCOPE, BASIC_SCAN_TYPE_VERSION
  std::string value;

  friend bool operator==(const PutAccountSettingRequest&, const PutAccountSettingRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("value", self.value);
  }
};

struct GetAccountSettingResponse {
  std::string name;
  std::string value;

  friend bool operator==(const GetAccountSettingResponse&, const GetAccountSettingResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("value", self.value);
  }
};

struct GetAccountSettingRequest {
  static constexpr std::string_view kOperation = "GetAccountSetting";
  using Response = GetAccountSettingResponse;

  std::string name;

  friend bool operator==(const GetAccountSettingRequest&, const GetAccountSettingRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
  }
};

}  // namespace crrsim
