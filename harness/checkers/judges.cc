#include "harness/checkers/judges.h"

#include <array>

#include "harness/checkers/all_checkers.h"

namespace crrsim {

namespace {

const std::array<InvariantInfo, 10>& Table() {
  static const std::array<InvariantInfo, 10> kTable = {{
      {"closure", "No manifest is visible while something that it references is not, at any instant.",
       "ecr-replication.md 4 (layers and children), assumption `visibility`", MakeClosureChecker},
      {"digest_equality",
       "What replication stores has the digest, size, media type and references of what a client pushed.",
       "ecr-replication.md 4 (manifest bytes and digest)", MakeDigestEqualityChecker},
      {"no_chaining",
       "An image is replicated only from a registry to which a client pushed it, or where one restored it.",
       "ecr-replication.md 2.1 (image that arrived by replication)", MakeNoChainingChecker},
      {"permission",
       "Nothing enters a registry by replication unless its policy, as it was when the copy was admitted, lets it in.",
       "ecr-replication.md 3 (1 to 4, 10, 14)", MakePermissionChecker},
      {"tag_convergence",
       "Where replication from one source is a tag's only writer and its last job is complete, the tag ends where the "
       "source's last push put it.",
       "ecr-replication.md 2.1 (tag moved), 4.1; assumption `job_order`, not where it is concurrent",
       MakeTagConvergenceChecker},
      {"expected_images",
       "At rest exactly those images have come to those destinations that the rules at their pushes name, or a "
       "backfill brought, or their jobs have failed for a reason.",
       "ecr-replication.md 1.4 (5 to 8), 1.7 (2), 2.1", MakeExpectedImagesChecker},
      {"deletions",
       "What a source deletes goes at the destinations of its rules that replicate deletions, and nothing vanishes "
       "from a registry that was not deleted there or at such a source.",
       "ecr-replication.md 1.6 (1 to 5)", MakeDeletionsChecker},
      {"ledger", "The bill has every byte that was delivered and stored, once: summed and integrated from the events.",
       "ecr-replication.md 7 (3, 4, 7)", MakeLedgerChecker},
      {"time_order", "Time never runs back from one event to the next.", "crrsim's own", MakeTimeOrderChecker},
      {"findings_stay", "Findings of scans never travel: each comes from a scan in its own registry.",
       "ecr-replication.md 4 (scan findings)", MakeFindingsStayChecker},
  }};
  return kTable;
}

}  // namespace

std::span<const InvariantInfo> InvariantTable() { return Table(); }

Judges::Judges(const Assumptions& assumptions) {
  for (const auto& info : Table()) checkers_.push_back(info.make(assumptions));
}

Judges::Judges(const Judges& other) : Observer(other) {
  for (const auto& checker : other.checkers_) checkers_.push_back(checker->Clone());
}

std::vector<InvariantVerdict> Judges::Verdicts() const {
  std::vector<InvariantVerdict> verdicts;
  for (std::size_t i = 0; i < checkers_.size(); ++i) verdicts.push_back({&Table()[i], checkers_[i]->violations()});
  return verdicts;
}

}  // namespace crrsim
