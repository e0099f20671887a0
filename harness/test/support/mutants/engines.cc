#include "harness/test/support/mutants/engines.h"

namespace crrsim::mutants {

void MutantEngine::Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) {
  std::vector<EngineInput> inputs = {Heard(input)};
  for (std::size_t next = 0; next < inputs.size(); ++next) {
    std::vector<EngineAction> said;
    // Answers are appended while the list is walked.
    const auto heard = inputs[next];
    inner_->Handle(now, heard, said);
    for (auto& action : said) {
      if (Says(action, inputs)) actions.push_back(std::move(action));
    }
  }
}

namespace {

template <class Engine, class... Arguments>
EngineMaker Maker(Arguments... arguments) {
  return [=](const WorldConfig& config) -> std::unique_ptr<ReplicationEngine> {
    return std::make_unique<Engine>(MakeStandardEngine(EngineOptionsFor(config)), arguments...);
  };
}

/// Gives a mutant its Clone.
template <class Engine>
class Cloned : public MutantEngine {
 public:
  using MutantEngine::MutantEngine;
  [[nodiscard]] std::unique_ptr<ReplicationEngine> Clone() const override {
    return std::make_unique<Engine>(static_cast<const Engine&>(*this));
  }
};

class Chaining final : public Cloned<Chaining> {
  using Cloned::Cloned;
  EngineInput Heard(const EngineInput& input) override {
    const auto* image = std::get_if<ImageReplicated>(&input);
    if (image == nullptr) return input;
    return ImageAccepted{image->registry, image->repository, image->manifests, image->tag, image->destinations};
  }
};

class Gullible final : public Cloned<Gullible> {
  using Cloned::Cloned;
  EngineInput Heard(const EngineInput& input) override {
    const auto* arrived = std::get_if<TransferArrived>(&input);
    return arrived == nullptr ? input : TransferArrived{arrived->transfer, blobs_.at(arrived->transfer)};
  }
  bool Says(EngineAction& action, std::vector<EngineInput>&) override {
    if (const auto* start = std::get_if<StartTransfer>(&action)) blobs_.emplace(start->transfer, start->blob);
    return true;
  }
  std::map<TransferId, Digest> blobs_;
};

class Impostor final : public Cloned<Impostor> {
  using Cloned::Cloned;
  bool Says(EngineAction& action, std::vector<EngineInput>&) override {
    auto* ask = std::get_if<Ask>(&action);
    if (ask == nullptr || ask->step != JobStep::kAdmit) return true;
    auto other = *ask->replication;
    other.source.account = other.destination.account;
    ask->replication = std::make_shared<const Replication>(other);
    return true;
  }
};

/// Answers one step itself.
class Presumptuous final : public Cloned<Presumptuous> {
 public:
  Presumptuous(std::unique_ptr<ReplicationEngine> inner, JobStep step) : Cloned(std::move(inner)), step_(step) {}

 private:
  bool Says(EngineAction& action, std::vector<EngineInput>& answers) override {
    const auto* ask = std::get_if<Ask>(&action);
    if (ask == nullptr || ask->step != step_) return true;
    answers.push_back(Answered{ask->request, {}});
    return false;
  }
  JobStep step_;
};

class Forgetful final : public Cloned<Forgetful> {
  using Cloned::Cloned;
  EngineInput Heard(const EngineInput& input) override {
    const auto* push = std::get_if<ImageAccepted>(&input);
    if (push == nullptr || push->destinations.size() < 2) return input;
    auto less = *push;
    less.destinations.pop_back();
    return less;
  }
};

class Generous final : public Cloned<Generous> {
 public:
  Generous(std::unique_ptr<ReplicationEngine> inner, RegistryKey more) : Cloned(std::move(inner)), more_(more) {}

 private:
  EngineInput Heard(const EngineInput& input) override {
    const auto* push = std::get_if<ImageAccepted>(&input);
    if (push == nullptr) return input;
    auto all = *push;
    all.destinations.push_back(more_);
    return all;
  }
  RegistryKey more_;
};

class Pessimist final : public Cloned<Pessimist> {
  using Cloned::Cloned;
  EngineInput Heard(const EngineInput& input) override {
    const auto* answered = std::get_if<Answered>(&input);
    if (answered == nullptr || !admits_.contains(answered->request)) return input;
    return Answered{answered->request, {FailureCode::kAccessDenied, {}}};
  }
  bool Says(EngineAction& action, std::vector<EngineInput>&) override {
    const auto* ask = std::get_if<Ask>(&action);
    if (ask != nullptr && ask->step == JobStep::kAdmit) admits_.insert(ask->request);
    return true;
  }
  std::set<RequestId> admits_;
};

class Timeless final : public Cloned<Timeless> {
  using Cloned::Cloned;
  bool Says(EngineAction& action, std::vector<EngineInput>&) override {
    return !std::holds_alternative<SetTimer>(action);
  }
};

/// Swallows all work of a job and reports its end behind its start. The standard engine inside waits for ever.
class Boaster final : public Cloned<Boaster> {
  using Cloned::Cloned;
  bool Says(EngineAction& action, std::vector<EngineInput>&) override {
    if (std::holds_alternative<ReportQueued>(action)) return true;
    if (const auto* started = std::get_if<ReportStarted>(&action)) {
      action = ReportEnded{started->job, started->replication, ReplicationStatus::kComplete, FailureCode::kNone, {}};
      return true;
    }
    return false;
  }
};

class Keeping final : public Cloned<Keeping> {
  using Cloned::Cloned;
  EngineInput Heard(const EngineInput& input) override {
    const auto* deletion = std::get_if<DeletionAccepted>(&input);
    if (deletion == nullptr) return input;
    auto none = *deletion;
    none.destinations.clear();
    return none;
  }
};

class Wrecking final : public Cloned<Wrecking> {
 public:
  Wrecking(std::unique_ptr<ReplicationEngine> inner, RegistryKey source) : Cloned(std::move(inner)), source_(source) {}

 private:
  EngineInput Heard(const EngineInput& input) override {
    const auto* image = std::get_if<ImageReplicated>(&input);
    if (image == nullptr) return input;
    return DeletionAccepted{source_, image->repository, image->manifests.back(), std::nullopt, {}, {image->registry}};
  }
  RegistryKey source_;
};

/// No engine at all, but one thing that it does for ever.
class Looping final : public ReplicationEngine {
 public:
  explicit Looping(std::optional<Duration> delay) : delay_(delay) {}
  void Handle(Instant, const EngineInput& input, std::vector<EngineAction>& actions) override {
    if (const auto* push = std::get_if<ImageAccepted>(&input)) {
      Replication nowhere{push->source, push->source, push->repository, push->manifests.back()->digest, push->tag};
      nowhere.destination.account = AccountId::FromNumber(999'999'999'999);
      copy_ = std::make_shared<const Replication>(nowhere);
    }
    if (delay_) {
      actions.emplace_back(SetTimer{++last_, *delay_});
    } else {
      actions.emplace_back(Ask{++last_, 1, JobStep::kAdmit, copy_, {}, nullptr, {}, Seconds(10)});
    }
  }
  [[nodiscard]] std::size_t active_jobs() const override { return copy_ == nullptr ? 0 : 1; }
  [[nodiscard]] std::vector<std::string> DescribeWaiting() const override { return {"job 1 goes round in circles"}; }
  [[nodiscard]] std::unique_ptr<ReplicationEngine> Clone() const override { return std::make_unique<Looping>(*this); }
  void Save(Writer&) const override {}
  void Load(Reader&) override {}
  void AddTo(StateHash&, Instant) const override {}

 private:
  std::optional<Duration> delay_;
  ReplicationPtr copy_;
  std::uint64_t last_ = 0;
};

}  // namespace

EngineMaker Chains() { return Maker<Chaining>(); }
EngineMaker AcceptsDamagedBytes() { return Maker<Gullible>(); }
EngineMaker AsksUnderAnotherName() { return Maker<Impostor>(); }
EngineMaker NeverAsks() { return Maker<Presumptuous>(JobStep::kAdmit); }
EngineMaker ForgetsADestination() { return Maker<Forgetful>(); }
EngineMaker SendsTo(RegistryKey more) { return Maker<Generous>(more); }
EngineMaker TakesYesForNo() { return Maker<Pessimist>(); }
EngineMaker LosesItsRetries() { return Maker<Timeless>(); }
EngineMaker SaysCompleteTooEarly() { return Maker<Boaster>(); }
EngineMaker LetsJobsOvertake() {
  return [](const WorldConfig& config) {
    auto options = EngineOptionsFor(config);
    options.job_order = "concurrent";
    return MakeStandardEngine(options);
  };
}
EngineMaker ForgetsTheTag() { return Maker<Presumptuous>(JobStep::kBindTag); }

EngineMaker ForgetsDeletions() { return Maker<Keeping>(); }
EngineMaker NeverDeletes() { return Maker<Presumptuous>(JobStep::kDelete); }
EngineMaker DeletesWhatArrives(RegistryKey source) { return Maker<Wrecking>(source); }

EngineMaker LoopsByTimer(Duration delay) {
  return [delay](const WorldConfig&) { return std::make_unique<Looping>(delay); };
}
EngineMaker LoopsAtOnce() {
  return [](const WorldConfig&) { return std::make_unique<Looping>(std::nullopt); };
}

}  // namespace crrsim::mutants
