#include "kept_catalogs.hpp"

#include <algorithm>
#include <cstring>

namespace prodclone::schema {

namespace {

// Bumped when rows are kept in another form, or another thing is read by the same queries.
constexpr std::string_view magic = "prodclone/kept-catalogs/2\n";

Digest digest_of(std::string_view text) { return Digesting().add(text).digest(); }

class Writer {
 public:
  template <typename Number>
  Writer& number(Number value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Writer& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_ += value;
    return *this;
  }
  Writer& digest(const Digest& value) { return number(value.high).number(value.low); }
  const std::string& out() const { return out_; }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  template <typename Number>
  Number number() {
    Number value{};
    const auto bytes = take(sizeof value);
    if (good_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  Digest digest() {
    Digest value;
    value.high = number<std::uint64_t>();
    value.low = number<std::uint64_t>();
    return value;
  }
  std::string_view text() { return take(number<std::uint32_t>()); }
  bool good() const { return good_; }

 private:
  std::string_view take(std::size_t size) {
    if (size > in_.size()) good_ = false;
    if (!good_) return {};
    const auto taken = in_.substr(0, size);
    in_.remove_prefix(size);
    return taken;
  }

  std::string_view in_;
  bool good_ = true;
};

// Catalogs by their number.
std::size_t number_of(std::string_view catalog) {
  const auto all = catalogs();
  return static_cast<std::size_t>(std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == catalog; }) - all.begin());
}

}  // namespace

std::string picture_text(const Picture& picture) {
  Writer out;
  out.digest(picture.context).number(static_cast<std::uint32_t>(picture.units.size()));
  for (const auto& unit : picture.units) {
    out.number(unit.catalog).text(unit.name).digest(unit.structure).digest(unit.access).number(static_cast<std::uint8_t>(unit.comparable));
    out.number(static_cast<std::uint32_t>(unit.members.size()));
    for (const auto& member : unit.members) out.number(static_cast<std::uint8_t>(number_of(member.catalog))).number(member.oid);
  }
  return out.out();
}

std::optional<Picture> parse_picture(std::string_view text) {
  Reader in(text);
  Picture picture;
  picture.context = in.digest();
  const auto units = in.number<std::uint32_t>();
  for (auto left = units; left > 0 && in.good(); --left) {
    auto& unit = picture.units.emplace_back();
    unit.catalog = in.number<std::uint32_t>();
    unit.name = in.text();
    unit.structure = in.digest();
    unit.access = in.digest();
    unit.comparable = in.number<std::uint8_t>() != 0;
    const auto members = in.number<std::uint32_t>();
    for (auto member = members; member > 0 && in.good(); --member) {
      const auto catalog = in.number<std::uint8_t>();
      unit.members.push_back({catalog < catalogs().size() ? catalogs()[catalog].name : row_type, in.number<std::uint32_t>()});
    }
  }
  if (!in.good()) return std::nullopt;
  return picture;
}

std::string kept_text(const KeptCatalogs& kept) {
  Writer body;
  body.text(kept.origin).number(kept.next_xid).number(static_cast<std::uint32_t>(kept.columns.size()));
  for (const auto& column : kept.columns) body.text(column.catalog).text(column.name).number(column.catalog_oid).number(column.type);
  body.number(static_cast<std::uint32_t>(kept.readings.size()));
  for (const auto& reading : kept.readings) {
    body.number(reading.versions.rows).number(reading.versions.digest).number(static_cast<std::uint32_t>(reading.rows.size()));
    for (const auto& row : reading.rows) body.number(row.xmin).number(row.key).text(row.bytes);
  }
  body.digest(kept.unversioned).text(kept.picture);
  const auto digest = digest_of(body.out());
  Writer whole;
  whole.digest(digest);
  return std::string(magic) + whole.out() + body.out();
}

std::optional<KeptCatalogs> parse_kept(std::string text) {
  KeptCatalogs kept;
  const std::string_view all = kept.texts.emplace_back(std::move(text));
  if (!all.starts_with(magic)) return std::nullopt;
  Reader head(all.substr(magic.size()));
  const auto digest = head.digest();
  if (!head.good()) return std::nullopt;
  const auto rest = all.substr(magic.size() + 2 * sizeof(std::uint64_t));
  if (digest_of(rest) != digest) return std::nullopt;
  Reader body(rest);
  kept.origin = body.text();
  kept.next_xid = body.number<std::int64_t>();
  for (auto left = body.number<std::uint32_t>(); left > 0 && body.good(); --left) {
    auto& column = kept.columns.emplace_back();
    column.catalog = body.text();
    column.name = body.text();
    column.catalog_oid = body.number<std::uint32_t>();
    column.type = body.number<std::uint32_t>();
  }
  for (auto left = body.number<std::uint32_t>(); left > 0 && body.good(); --left) {
    auto& reading = kept.readings.emplace_back();
    reading.versions.rows = body.number<std::int64_t>();
    reading.versions.digest = body.number<std::uint64_t>();
    const auto rows = body.number<std::uint32_t>();
    for (auto row = rows; row > 0 && body.good(); --row) {
      auto& one = reading.rows.emplace_back();
      one.xmin = body.number<std::uint32_t>();
      one.key = body.number<std::int64_t>();
      one.bytes = body.text();
    }
  }
  kept.unversioned = body.digest();
  kept.picture = body.text();
  if (!body.good()) return std::nullopt;
  return kept;
}

}  // namespace prodclone::schema
