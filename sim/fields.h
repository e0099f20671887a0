// How a plain struct lists its fields, once, for everything that walks them: saving and loading, hashing, the run
// digest, JSON.
//
//   struct LinkCut {
//     std::string from;
//     std::string to;
//     template <class Self, class Visit>
//     static void Fields(Self& self, Visit&& visit) {
//       visit("from", self.from);
//       visit("to", self.to);
//     }
//   };
//
// Invariant: every field of the struct is listed, in declaration order; a field left out would be lost by a save and
// invisible to the digest. Names are those of the published JSON.
#pragma once

#include <string_view>
#include <type_traits>

namespace crrsim {

namespace internal {
struct AnyVisitor {
  template <class T>
  void operator()(std::string_view, T&&) const {}
};
}  // namespace internal

/// A struct that lists its fields as shown above.
template <class T>
concept Described = std::is_class_v<T> && requires(T& value, internal::AnyVisitor visit) { T::Fields(value, visit); };

}  // namespace crrsim
