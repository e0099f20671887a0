// Handlers of the alternatives of a std::variant, in one place:
//
//   std::visit(Overloaded{[](const A& a) {...}, [](const B& b) {...}}, variant);
#pragma once

namespace crrsim {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace crrsim
