#include <prodclone/schema/text_diff.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include <prodclone/base/text.hpp>

namespace prodclone::schema {

namespace {

using Lines = std::span<const int>;  // lines as numbers, equal where the lines are

struct Step {
  EditKind kind;
  std::size_t a, b;  // positions of the line
};

class LineDiff {
 public:
  std::vector<Step> run(Lines a, Lines b) {
    anchored(a, b, 0, 0);
    return std::move(steps_);
  }

 private:
  void keep(std::size_t a, std::size_t b) { steps_.push_back({EditKind::keep, a, b}); }
  void remove(std::size_t a, std::size_t b) { steps_.push_back({EditKind::remove, a, b}); }
  void insert(std::size_t a, std::size_t b) { steps_.push_back({EditKind::insert, a, b}); }

  void replace(Lines a, Lines b, std::size_t at_a, std::size_t at_b) {
    for (std::size_t i = 0; i < a.size(); ++i) remove(at_a + i, at_b);
    for (std::size_t k = 0; k < b.size(); ++k) insert(at_a + a.size(), at_b + k);
  }

  void anchored(Lines a, Lines b, std::size_t at_a, std::size_t at_b) {
    while (!a.empty() && !b.empty() && a.front() == b.front()) {
      keep(at_a++, at_b++);
      a = a.subspan(1);
      b = b.subspan(1);
    }
    std::size_t tail = 0;
    while (tail < a.size() && tail < b.size() && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    const auto middle_a = a.first(a.size() - tail), middle_b = b.first(b.size() - tail);
    const auto anchors = unique_in_order(middle_a, middle_b);
    if (anchors.empty()) {
      shortest(middle_a, middle_b, at_a, at_b);
    } else {
      std::size_t i = 0, k = 0;
      for (const auto& [x, y] : anchors) {
        anchored(middle_a.subspan(i, x - i), middle_b.subspan(k, y - k), at_a + i, at_b + k);
        keep(at_a + x, at_b + y);
        i = x + 1;
        k = y + 1;
      }
      anchored(middle_a.subspan(i), middle_b.subspan(k), at_a + i, at_b + k);
    }
    for (std::size_t i = 0; i < tail; ++i) keep(at_a + middle_a.size() + i, at_b + middle_b.size() + i);
  }

  // Pairs of lines that occur once on each side, the longest chain of them that runs in the same order.
  static std::vector<std::pair<std::size_t, std::size_t>> unique_in_order(Lines a, Lines b) {
    struct Seen {
      int in_a = 0, in_b = 0;
      std::size_t at_a = 0, at_b = 0;
    };
    std::unordered_map<int, Seen> seen;
    for (std::size_t i = 0; i < a.size(); ++i) {
      auto& s = seen[a[i]];
      ++s.in_a;
      s.at_a = i;
    }
    for (std::size_t k = 0; k < b.size(); ++k) {
      auto& s = seen[b[k]];
      ++s.in_b;
      s.at_b = k;
    }
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (const auto& s = seen[a[i]]; s.in_a == 1 && s.in_b == 1) pairs.emplace_back(i, s.at_b);
    // Longest increasing subsequence of the positions in b.
    std::vector<std::size_t> ends, previous(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto place = std::lower_bound(ends.begin(), ends.end(), pairs[i].second,
                                          [&](std::size_t end, std::size_t at) { return pairs[end].second < at; });
      previous[i] = place == ends.begin() ? pairs.size() : *(place - 1);
      if (place == ends.end())
        ends.push_back(i);
      else
        *place = i;
    }
    std::vector<std::pair<std::size_t, std::size_t>> chain;
    for (std::size_t i = ends.empty() ? pairs.size() : ends.back(); i < pairs.size(); i = previous[i])
      chain.push_back(pairs[i]);
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  // Myers 1986, greedy, with the frontier of each distance kept for the way back.
  void shortest(Lines a, Lines b, std::size_t at_a, std::size_t at_b) {
    constexpr int most = 1000;  // bounds memory at most * most / 2 numbers
    const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size());
    if (n == 0 || m == 0) return replace(a, b, at_a, at_b);
    const int limit = std::min(n + m, most);
    std::vector<std::vector<int>> frontiers;
    std::vector<int> reach(static_cast<std::size_t>(2 * limit + 3), 0);
    const auto at = [&](int k) -> int& { return reach[static_cast<std::size_t>(k + limit + 1)]; };
    int distance = -1;
    for (int d = 0; d <= limit && distance < 0; ++d) {
      frontiers.emplace_back(reach.begin() + (limit + 1 - d - 1), reach.begin() + (limit + 1 + d + 2));
      for (int k = -d; k <= d; k += 2) {
        int x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
        int y = x - k;
        while (x < n && y < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]) ++x, ++y;
        at(k) = x;
        if (x >= n && y >= m) {
          distance = d;
          break;
        }
      }
    }
    if (distance < 0) return replace(a, b, at_a, at_b);
    std::vector<Step> backwards;
    int x = n, y = m;
    for (int d = distance; d >= 0; --d) {
      const auto& frontier = frontiers[static_cast<std::size_t>(d)];
      const auto before = [&](int k) { return frontier[static_cast<std::size_t>(k + d + 1)]; };
      const int k = x - y;
      const int from = k == -d || (k != d && before(k - 1) < before(k + 1)) ? k + 1 : k - 1;
      const int from_x = d == 0 ? 0 : before(from), from_y = d == 0 ? 0 : from_x - from;
      while (x > from_x && y > from_y) {
        --x, --y;
        backwards.push_back({EditKind::keep, at_a + static_cast<std::size_t>(x), at_b + static_cast<std::size_t>(y)});
      }
      if (d == 0) break;
      if (x == from_x)
        --y;
      else
        --x;
      backwards.push_back({from == k + 1 ? EditKind::insert : EditKind::remove, at_a + static_cast<std::size_t>(x),
                           at_b + static_cast<std::size_t>(y)});
    }
    steps_.insert(steps_.end(), backwards.rbegin(), backwards.rend());
  }

  std::vector<Step> steps_;
};

}  // namespace

std::vector<Edit> diff_lines(std::string_view a, std::string_view b) {
  const auto lines_a = lines_of(a), lines_b = lines_of(b);
  std::unordered_map<std::string_view, int> numbers;
  const auto numbered = [&](const std::vector<std::string>& lines) {
    std::vector<int> result;
    result.reserve(lines.size());
    for (const auto& line : lines)
      result.push_back(numbers.emplace(line, static_cast<int>(numbers.size())).first->second);
    return result;
  };
  const auto in_a = numbered(lines_a), in_b = numbered(lines_b);
  std::vector<Edit> edits;
  for (const auto& step : LineDiff().run(in_a, in_b))
    edits.push_back({step.kind, step.kind == EditKind::insert ? lines_b[step.b] : lines_a[step.a]});
  return edits;
}

std::string unified_diff(std::string_view a, std::string_view b, std::string_view label_a, std::string_view label_b,
                         std::size_t context) {
  const auto edits = diff_lines(a, b);
  const auto differs = [](const Edit& e) { return e.kind != EditKind::keep; };
  if (std::none_of(edits.begin(), edits.end(), differs)) return {};
  std::string text = fmt::format("--- {}\n+++ {}\n", label_a, label_b);
  std::size_t line_a = 0, line_b = 0, done = 0;
  const auto pass = [&](std::size_t end) {
    for (; done < end; ++done) {
      line_a += edits[done].kind != EditKind::insert;
      line_b += edits[done].kind != EditKind::remove;
    }
  };
  for (std::size_t i = 0; i < edits.size();) {
    if (!differs(edits[i])) {
      ++i;
      continue;
    }
    const auto begin = i > context ? std::max(i - context, done) : done;
    auto last = i;  // the hunk's last edit; another one within twice the context belongs to it
    for (auto k = i; k < edits.size() && k <= last + 2 * context + 1; ++k)
      if (differs(edits[k])) last = k;
    const auto end = std::min(last + context + 1, edits.size());
    pass(begin);
    std::size_t count_a = 0, count_b = 0;
    std::string body;
    for (auto k = begin; k < end; ++k) {
      const auto kind = edits[k].kind;
      count_a += kind != EditKind::insert;
      count_b += kind != EditKind::remove;
      body += fmt::format("{}{}\n", kind == EditKind::keep ? ' ' : kind == EditKind::remove ? '-' : '+', edits[k].line);
    }
    text += fmt::format("@@ -{},{} +{},{} @@\n{}", count_a ? line_a + 1 : line_a, count_a,
                        count_b ? line_b + 1 : line_b, count_b, body);
    pass(end);
    i = end;
  }
  return text;
}

}  // namespace prodclone::schema
