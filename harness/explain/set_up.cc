#include "harness/explain/set_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/explain/set_up_documents.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/printed_json.h"
#include "registry_model/policy/json_tree.h"

namespace crrsim {

namespace {

namespace fs = std::filesystem;
using policy::JsonTree;

constexpr std::string_view kExpectedFolders =
    "expected folders ACCOUNT/REGION (such as 111122223333/us-west-2) with JSON documents in them";

/// One step of a JSON pointer, its escapes undone.
std::string Unescaped(std::string_view step) {
  std::string text;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] == '~' && i + 1 < step.size()) {
      text += step[++i] == '1' ? '/' : '~';
    } else {
      text += step[i];
    }
  }
  return text;
}

JsonTree::Id ChildOf(const JsonTree& tree, JsonTree::Id parent, const std::string& step) {
  if (tree.kind(parent) == JsonTree::Kind::kObject) return tree.Member(parent, step);
  auto child = tree.first_child(parent);
  for (std::size_t i = 0; child != JsonTree::kNone && std::to_string(i) != step; ++i) child = tree.next(child);
  return child;
}

/// Entries of a folder by name, hidden ones left out.
std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.path().filename().string().starts_with('.')) entries.push_back(entry.path());
  }
  // Names in a folder are unique: a total order.
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// What prints a file of this name, by custom; any of the commands, where the name does not tell.
std::string_view CommandOf(std::string_view stem) {
  if (stem == "registry") return "aws ecr describe-registry (replicationConfiguration)";
  if (stem == "policy") return "aws ecr get-registry-policy (policyText)";
  if (stem == "templates") return "aws ecr describe-repository-creation-templates (repositoryCreationTemplates)";
  if (stem == "repositories") return "aws ecr describe-repositories (repositories)";
  return "one of aws ecr describe-registry, get-registry-policy, describe-repository-creation-templates, "
         "describe-repositories";
}

/// Goes through the folders and hands documents to the reader of their kind.
class SetUpReader {
 public:
  Result<SetUp, Diagnostics> Read(const std::string& folder) {
    set_up_.folder = folder;
    std::error_code error;
    if (!fs::exists(folder, error)) {
      Refuse(folder, "no such folder");
    } else if (!fs::is_directory(folder, error)) {
      Refuse(folder,
             "this is a file, and a set-up is a folder of what the aws cli printed; a scenario is checked by "
             "crrsim validate, and crrsim explain tells what its documents let through");
    }
    for (const auto& account : EntriesOf(folder)) {
      if (fs::is_directory(account)) ReadAccount(account);
    }
    if (diagnostics_.empty() && set_up_.registries.empty()) Refuse(folder, std::string(kExpectedFolders));
    if (!diagnostics_.empty()) return Diagnostics{std::move(diagnostics_)};
    for (std::size_t i = 0; i < set_up_.documents.size(); ++i) ReadContent(set_up_, i);
    return std::move(set_up_);
  }

 private:
  void Refuse(const std::string& file, std::string message) {
    diagnostics_.push_back({{file, 1, 1}, std::move(message)});
  }

  void ReadAccount(const fs::path& folder) {
    const auto account = AccountId::Parse(folder.filename().string());
    if (!account) return Refuse(folder.string(), fmt::format("{}; {}", account.error().message, kExpectedFolders));
    for (const auto& entry : EntriesOf(folder)) {
      if (!fs::is_directory(entry)) continue;
      const auto region = RegionName::Parse(entry.filename().string());
      if (!region) {
        Refuse(entry.string(), fmt::format("{}; {}", region.error().message, kExpectedFolders));
        continue;
      }
      ReadRegistry(entry, {*account, *region});
    }
  }

  void ReadRegistry(const fs::path& folder, const RegistryKey& key) {
    set_up_.registries[key].key = key;
    for (const auto& entry : EntriesOf(folder)) {
      if (entry.extension() == ".json" && fs::is_regular_file(entry)) ReadFileOf(key, entry.string());
    }
  }

  void ReadFileOf(const RegistryKey& key, const std::string& file) {
    auto text = ReadFile(file);
    if (!text) return Refuse(file, "the file cannot be read");
    try {
      const auto printed = PrintedJson::ParseAll(file, *text);
      if (printed.empty()) return RefuseEmpty(file);
      if (printed.size() > 1) printed[1].Refuse(printed[1].root(), "a second document", "one document a file");
      SetUpDocument document;
      document.registry = key;
      document.file = file;
      document.text = std::make_shared<const std::string>(*std::move(text));
      document.json = nlohmann::json::parse(*document.text);
      document.kind = CheckedKindOf(document.json, printed.front(), file);
      if (const auto* first = set_up_.Find(key, document.kind)) {
        return Refuse(
            file, fmt::format("a second {} of {}; the first is {}", NameOf(document.kind), ToText(key), first->file));
      }
      document.base = BaseOf(document.json, document.kind);
      set_up_.documents.push_back(std::move(document));
    } catch (WrongJson& wrong) {
      diagnostics_.push_back(std::move(wrong.what));
    }
  }

  /// Only what prints the policy prints nothing at all, where there is none.
  void RefuseEmpty(const std::string& file) {
    const auto stem = fs::path(file).stem().string();
    if (stem.find("policy") != std::string::npos) return;
    Refuse(file, fmt::format("found an empty file, expected what {} prints; the call that was to fill it has failed. "
                             "Only of get-registry-policy, in a file such as policy.json, nothing means no policy",
                             CommandOf(stem)));
  }

  /// On error  WrongJson: not of a kind, or not of its shape.
  static DocumentKind CheckedKindOf(const nlohmann::json& json, const PrintedJson& printed, const std::string& file) {
    const auto kind = KindOf(json);
    if (!kind) {
      printed.Refuse(printed.root(),
                     fmt::format("none of replicationConfiguration, policyText, "
                                 "repositoryCreationTemplates, repositories"),
                     fmt::format("what {} prints", CommandOf(fs::path(file).stem().string())));
    }
    const auto root = printed.root();
    switch (*kind) {
      case DocumentKind::kConfiguration: {
        const auto bare = printed.Find(root, "rules") != PrintedJson::kNone;
        static_cast<void>(printed.List(bare ? root : printed.Find(root, "replicationConfiguration"), "rules"));
        break;
      }
      case DocumentKind::kPolicy: {
        const auto text = printed.Find(root, "policyText");
        if (text != PrintedJson::kNone && !printed.IsText(text) && !printed.IsObject(text))
          printed.Refuse(text, "the text of a policy");
        break;
      }
      case DocumentKind::kTemplates:
        for (const auto item : printed.List(root, "repositoryCreationTemplates"))
          static_cast<void>(printed.RequiredText(item, "prefix"));
        break;
      case DocumentKind::kRepositories:
        for (const auto item : printed.List(root, "repositories"))
          static_cast<void>(printed.RequiredText(item, "repositoryName"));
        break;
    }
    return *kind;
  }

  SetUp set_up_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

std::string_view NameOf(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kConfiguration:
      return "replication configuration";
    case DocumentKind::kPolicy:
      return "registry policy";
    case DocumentKind::kTemplates:
      return "list of repository creation templates";
    case DocumentKind::kRepositories:
      return "list of repositories";
  }
  return {};
}

Place SetUpDocument::PlaceOf(std::string_view pointer) const {
  pointer = pointer.substr(0, pointer.find('#'));
  const auto tree = JsonTree::Parse(*text);
  CRRSIM_CHECK(tree.ok(), "{} was read before", file);
  auto node = tree->root();
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    const auto child = ChildOf(*tree, node, Unescaped(step));
    if (child == JsonTree::kNone) break;
    node = child;
  }
  const auto at = tree->ErrorAt(node, JsonTree::Part::kValue, {}, {});
  return {file, at.line, at.column};
}

std::string SetUpDocument::Below(std::string_view pointer) const {
  const bool inside_text = kind == DocumentKind::kPolicy && base == "/policyText" && json["policyText"].is_string();
  return fmt::format("{}{}{}", base, inside_text && !pointer.empty() ? "#" : "", pointer);
}

const SetUpDocument* SetUp::Find(const RegistryKey& registry, DocumentKind kind) const {
  const auto found = std::find_if(documents.begin(), documents.end(), [&](const SetUpDocument& document) {
    return document.registry == registry && document.kind == kind;
  });
  return found == documents.end() ? nullptr : &*found;
}

Result<SetUp, Diagnostics> ReadSetUp(const std::string& folder) { return SetUpReader().Read(folder); }

Result<RegistryKey, ParseError> ParseRegistryKey(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) {
    return ParseError{
        fmt::format("'{}' is no registry; expected ACCOUNT/REGION, such as 111122223333/us-west-2", text)};
  }
  const auto account = AccountId::Parse(text.substr(0, slash));
  if (!account) return account.error();
  const auto region = RegionName::Parse(text.substr(slash + 1));
  if (!region) return region.error();
  return RegistryKey{*account, *region};
}

}  // namespace crrsim
