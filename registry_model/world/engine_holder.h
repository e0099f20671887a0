// Holds a replication engine as a value: copying the holder clones the engine, so that a copied world goes on by
// itself.
#pragma once

#include <memory>
#include <utility>

#include "registry_model/replication/engine.h"

namespace crrsim {

class EngineHolder {
 public:
  explicit EngineHolder(std::unique_ptr<ReplicationEngine> engine) : engine_(std::move(engine)) {
    CRRSIM_CHECK(engine_ != nullptr);
  }
  EngineHolder(const EngineHolder& other) : engine_(other.engine_->Clone()) {}
  EngineHolder(EngineHolder&&) = default;
  EngineHolder& operator=(EngineHolder other) {
    engine_.swap(other.engine_);
    return *this;
  }
  ~EngineHolder() = default;

  ReplicationEngine& operator*() { return *engine_; }
  const ReplicationEngine& operator*() const { return *engine_; }
  ReplicationEngine* operator->() { return engine_.get(); }
  const ReplicationEngine* operator->() const { return engine_.get(); }

 private:
  std::unique_ptr<ReplicationEngine> engine_;
};

}  // namespace crrsim
