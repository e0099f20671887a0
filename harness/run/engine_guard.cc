#include "harness/run/engine_guard.h"

#include <fmt/format.h>

#include "harness/run/runner.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

class GuardedEngine final : public ReplicationEngine {
 public:
  GuardedEngine(std::unique_ptr<ReplicationEngine> engine, std::uint64_t inputs_max)
      : engine_(std::move(engine)), inputs_max_(inputs_max) {}

  void Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) override {
    if (now != instant_) {
      instant_ = now;
      inputs_ = 0;
    }
    if (++inputs_ > inputs_max_) {
      throw RunStop{fmt::format("the replication engine was given more than {} inputs at {} and keeps asking for more; "
                                "time does not go on",
                                inputs_max_, ToText(now)),
                    StoppedBy::kNoProgress};
    }
    engine_->Handle(now, input, actions);
  }

  [[nodiscard]] std::size_t active_jobs() const override { return engine_->active_jobs(); }
  [[nodiscard]] std::vector<std::string> DescribeWaiting() const override { return engine_->DescribeWaiting(); }
  [[nodiscard]] std::unique_ptr<ReplicationEngine> Clone() const override {
    return std::make_unique<GuardedEngine>(engine_->Clone(), inputs_max_);
  }
  void Save(Writer& writer) const override { engine_->Save(writer); }
  void Load(Reader& reader) override { engine_->Load(reader); }
  void AddTo(StateHash& hash, Instant now) const override { engine_->AddTo(hash, now); }

 private:
  std::unique_ptr<ReplicationEngine> engine_;
  std::uint64_t inputs_max_;
  // Not state of the engine: a copy may begin to count anew.
  Instant instant_ = Instant::Max();
  std::uint64_t inputs_ = 0;
};

}  // namespace

std::unique_ptr<ReplicationEngine> GuardEngine(std::unique_ptr<ReplicationEngine> engine,
                                               std::uint64_t inputs_per_instant_max) {
  return std::make_unique<GuardedEngine>(std::move(engine), inputs_per_instant_max);
}

}  // namespace crrsim
