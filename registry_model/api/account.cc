// Account settings: blob mounting, the scope of the registry policy, the version of basic scanning. Each belongs to one
// registry.
//
// Source  ecr-replication.md 3 (11), 4.2, 9, 10.3.
#include <array>
#include <vector>

#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"

namespace crrsim {

namespace {

constexpr std::string_view kBlobMounting = "BLOB_MOUNTING";
constexpr std::string_view kPolicyScope = "REGISTRY_POLICY_SCOPE";
constexpr std::string_view kBasicScanType = "BASIC_SCAN_TYPE_VERSION";
constexpr std::int64_t kNameLengthMax = 64;

ApiResult<Unit> CheckName(const std::string& name) {
  constexpr std::array<std::string_view, 3> kNames = {kBlobMounting, kPolicyScope, kBasicScanType};
  if (auto sound = CheckLength("name", name.size(), 1, kNameLengthMax); !sound) return sound;
  return CheckOneOf("name", name, kNames);
}

ApiResult<Unit> CheckValue(const ApiContext& context, const std::string& name, const std::string& value) {
  std::vector<std::string_view> values;
  if (name == kBlobMounting) values = {"ENABLED", "DISABLED"};
  if (name == kBasicScanType) values = {"AWS_NATIVE"};
  if (name == kPolicyScope) {
    values = {"V2"};
    if (value == "V1" && context.assumptions.Use(Assumption::kPolicyScopeV1) == "accepted") values.push_back("V1");
  }
  return CheckOneOf("value", value, values);
}

std::string ValueOf(const AccountSettings& settings, std::string_view name) {
  if (name == kBlobMounting) return settings.blob_mounting ? "ENABLED" : "DISABLED";
  return name == kPolicyScope ? settings.policy_scope : "AWS_NATIVE";
}

}  // namespace

ApiResult<PutAccountSettingResponse> Execute(ApiContext& context, const PutAccountSettingRequest& request) {
  if (auto sound = CheckName(request.name); !sound) return sound.error();
  if (auto sound = CheckValue(context, request.name, request.value); !sound) return sound.error();
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:PutAccountSetting"); !allowed) return allowed.error();
  auto& settings = context.registry.account_settings;
  if (request.name == kBlobMounting) settings.blob_mounting = request.value == "ENABLED";
  if (request.name == kPolicyScope) settings.policy_scope = request.value;
  context.events.Emit<AccountSettingChanged>(context.registry.key, request.name, request.value);
  return PutAccountSettingResponse{request.name, request.value};
}

ApiResult<GetAccountSettingResponse> Execute(ApiContext& context, const GetAccountSettingRequest& request) {
  if (auto sound = CheckName(request.name); !sound) return sound.error();
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:GetAccountSetting"); !allowed) return allowed.error();
  return GetAccountSettingResponse{request.name, ValueOf(context.registry.account_settings, request.name)};
}

}  // namespace crrsim
