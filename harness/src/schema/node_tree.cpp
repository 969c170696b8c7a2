#include "node_tree.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <type_traits>

namespace prodclone::schema {

namespace {

// Types whose values are OIDs: regproc, regprocedure, regoper, regoperator, regclass, regtype, regrole, regnamespace,
// regconfig, regdictionary, regcollation.
constexpr std::array<std::uint32_t, 11> names_in_values = {24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 3734, 3769, 4191};
// And those that hold OIDs among other things: their arrays, aclitem, aclitem[], record, record[].
constexpr std::array<std::uint32_t, 15> opaque_types = {1008, 2207, 2208, 2209, 2210, 2211, 4097, 4090,
                                                        3735, 3770, 4192, 1033, 1034, 2249, 2287};

template <typename List>
bool among(const List& list, std::uint32_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Head {
  Digest text = {};
  std::uint64_t comparable = 0;
};

struct Reference {
  std::uint32_t oid = 0;
  std::uint32_t enum_type = 0;  // it is the value of a constant of this type, and its OID only if that is an enum
};

static_assert(std::is_trivially_copyable_v<Head> && std::is_trivially_copyable_v<Reference>);

// Jumps from blank to blank, since a number stands behind one, and copies what needs no rewriting in stretches: most of
// a tree is field names.
class Walk {
 public:
  Walk(std::string_view tree, std::uint32_t first_oid, std::string& text, std::string& outline)
      : tree_(tree), first_oid_(first_oid), out_(text), outline_(outline) {}

  void run() {
    const auto head = outline_.size();
    outline_.resize(head + sizeof(Head));
    while ((at_ = tree_.find(' ', at_)) < tree_.size()) {
      const char before = at_ > 0 ? tree_[at_ - 1] : ' ';
      const char next = ++at_ < tree_.size() ? tree_[at_] : ' ';
      if (before == '\\') continue;  // part of a name
      if ((before == 'i' || before == 'b') && at_ > 2 && tree_[at_ - 3] == '(') {
        at_ = std::min(tree_.find(')', at_), tree_.size());  // a list of numbers
      } else if (next == ':') {
        field_at_ = at_;
        if (tree_.substr(at_).starts_with(":constvalue ")) constant();
      } else if (is_digit(next)) {
        number();
      }
    }
    out_ += tree_.substr(copied_);
    const Head facts{Digesting().add(out_).digest(), comparable_ ? 1U : 0U};
    std::memcpy(outline_.data() + head, &facts, sizeof facts);
  }

 private:
  std::string_view field() const {
    return tree_.substr(field_at_, tree_.find(' ', field_at_) - field_at_);
  }

  // Leaves out what stands from `from` to here.
  void leave_out(std::size_t from) {
    out_ += tree_.substr(copied_, from - copied_);
    copied_ = at_;
  }

  void number() {
    const auto from = at_;
    while (at_ < tree_.size() && is_digit(tree_[at_])) ++at_;
    const auto word = tree_.substr(from, at_ - from);
    if (word.size() < 5 && from > 1 && tree_[from - 2] != 'n' && tree_[from - 2] != 'e') return;  // neither OID, location nor type
    const auto name = field();
    if (name == ":location" || name == ":stmt_len" || name.ends_with("_location")) return leave_out(from);
    if (name.ends_with("typmod") || name.ends_with("typmods")) return;
    std::uint32_t value = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc()) {
      comparable_ = false;
      return;
    }
    if (name == ":consttype") constant_type_ = value;
    if (value < first_oid_) return;
    leave_out(from);
    refer({value});
  }

  void refer(const Reference& reference) {
    out_ += '@';
    outline_.append(reinterpret_cast<const char*>(&reference), sizeof reference);
  }

  // ":constvalue 4 [ 5 64 0 0 0 0 0 0 ]", or "<>" for NULL. The bytes are in the order of the server's machine.
  void constant() {
    at_ += std::string_view(":constvalue").size();
    if (tree_.substr(at_).starts_with(" <>")) return;
    const auto from = at_, close = tree_.find(']', at_);
    if (close == std::string_view::npos) {
      comparable_ = false;
      return;
    }
    at_ = close + 1;
    const bool users = constant_type_ >= first_oid_;
    if (users || among(names_in_values, constant_type_)) {
      const auto oid = little_endian(tree_.substr(from, at_ - from));
      if (!oid) comparable_ = false;
      if (!oid || (!users && *oid < first_oid_)) return;
      leave_out(from);
      refer({*oid, users ? constant_type_ : 0});
    } else if (among(opaque_types, constant_type_)) {
      comparable_ = false;
    }
  }

  static std::optional<std::uint32_t> little_endian(std::string_view text) {
    const auto open = text.find('[');
    if (open == std::string_view::npos) return std::nullopt;
    std::uint32_t value = 0;
    std::size_t at = open + 1;
    for (unsigned byte = 0; byte < 4; ++byte) {
      while (at < text.size() && text[at] == ' ') ++at;
      int number = 0;
      const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
      if (error != std::errc()) return std::nullopt;
      at = static_cast<std::size_t>(end - text.data());
      value |= (static_cast<std::uint32_t>(number) & 0xFFU) << (8 * byte);
    }
    return value;
  }

  std::string_view tree_;
  std::uint32_t first_oid_;
  std::string& out_;
  std::string& outline_;
  std::size_t at_ = 0, copied_ = 0, field_at_ = 0;
  std::uint32_t constant_type_ = 0;
  bool comparable_ = true;
};

}  // namespace

void append_outline(std::string_view tree, std::uint32_t first_oid, std::string& scratch, std::string& outline) {
  scratch.clear();
  Walk(tree, first_oid, scratch, outline).run();
}

bool add_outline(std::string_view outline, const NodeTreeNames& names, Digesting& digest) {
  Head head;
  if (outline.size() < sizeof head) return false;
  std::memcpy(&head, outline.data(), sizeof head);
  digest.add(head.text);
  bool comparable = head.comparable != 0;
  for (std::size_t at = sizeof head; at + sizeof(Reference) <= outline.size(); at += sizeof(Reference)) {
    Reference reference;
    std::memcpy(&reference, outline.data() + at, sizeof reference);
    const bool readable = reference.enum_type == 0 || names.is_enum(reference.enum_type);
    const auto name = readable ? names.of(reference.oid) : std::nullopt;
    if (name) digest.add(*name);
    comparable = comparable && name;
  }
  return comparable;
}

}  // namespace prodclone::schema
