#include <prodclone/checks/leftovers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "written_tables.hpp"

namespace prodclone::checks {

namespace {

using rehearsal::Remain;
using rehearsal::Remains;

// A kind of thing that only has to be there to be wrong.
struct Standing {
  std::string_view kind;
  std::string_view what;   // {0}: its state, {1}: what it stands on
  std::string_view why;
  Severity severity = Severity::failure;   // when the migration left it
};
constexpr Standing standing[] = {
    {"invalid_index", "The index is invalid: {0}.", "It costs disk and writes and serves no query; a unique one keeps no duplicates out."},
    {"unvalidated_constraint", "The {0} was added NOT VALID and never validated.",
     "The rows that were there were never checked, and the planner cannot rely on it."},
    {"disabled_trigger", "On {1}: {0}.", "What it keeps true is true no longer, and nothing says so."},
    {"unpopulated_view", "The materialised view holds nothing.", "Every query on it is an error until it is refreshed."},
    {"leftover_object", "A {0} is left whose name says that it should not stay.", "It holds rows, privileges or names that somebody will trip over."},
    {"temporary_table", "A temporary table is still there when the migration has ended.",
     "It lives as long as the tool's connection: a pool hands it to whoever comes next.", Severity::warning},
};

const Remain* same_in(const Remains& remains, const Remain& item) {
  for (const auto& other : remains.items)
    if (other.kind == item.kind && (other.identity == item.identity || other.place == item.place)) return &other;
  return nullptr;
}

class Judge {
 public:
  Judge(const Remains& before, const Remains& after, const LeftoverContext& context)
      : before_(before), after_(after), context_(context), where_(context.trace.database) {}

  Findings findings(std::string_view rule) {
    for (const auto& kind : standing)
      if (rule == kind.kind || (rule == "stale_view" && kind.kind == "unpopulated_view") || (rule == "leftover_object" && kind.kind == "temporary_table"))
        judge(kind, rule);
    if (rule == "sequence_behind") judge_sequences();
    if (rule == "stale_view") judge_views();
    if (rule == "unanalysed") judge_statistics();
    if (rule == "changed_setting")
      for (const auto* kind : {"setting", "event_trigger"}) judge_changes(kind);
    judge_waivers(rule);
    return std::move(findings_);
  }

 private:
  Finding& add(const std::string& check, const Remain& item, Severity severity) {
    findings_.push_back({.check = "leftovers/" + check, .severity = severity, .object = item.object, .where = where_, .remedy = item.remedy});
    return findings_.back();
  }

  // A failure that a waiver covers becomes a note that gives the reason.
  void settle(std::string_view rule) {
    auto& finding = findings_.back();
    if (finding.severity == Severity::note) return;
    for (const auto& waiver : context_.waivers)
      if (waiver.until >= context_.today && matches_glob(waiver.kind, rule) && matches_glob(waiver.name, finding.object)) {
        finding.severity = Severity::note;
        finding.evidence.push_back(fmt::format("accepted in leftovers_left: {}", waiver.reason));
        return;
      }
  }

  void judge(const Standing& kind, std::string_view rule) {
    for (const auto& item : after_.items) {
      if (item.kind != kind.kind) continue;
      const bool old = same_in(before_, item) != nullptr;
      auto& finding = add(std::string(rule), item, old ? Severity::note : kind.severity);
      finding.what = fmt::format(fmt::runtime(kind.what), item.state, item.on_table) + (old ? " It was so before the migration." : "");
      finding.why = kind.why;
      if (item.size.count > 0) finding.evidence.push_back(to_string(item.size));
      settle(rule);
    }
  }

  void judge_sequences() {
    for (const auto& item : after_.items) {
      if (item.kind == "unseen_sequence") unseen("sequence_behind", item);
      if (item.kind != "sequence_behind") continue;
      const auto* old = same_in(before_, item);
      const bool further = old == nullptr || item.behind > old->behind;
      auto& finding = add(item.kind, item, further ? Severity::failure : Severity::warning);
      finding.what = fmt::format("The sequence is behind {}: its next {} may be taken.{}", item.state, counted(item.behind, "value"),
                                 old == nullptr ? "" : further ? fmt::format(" Before the migration it was {} behind.", old->behind) : " It was so before the migration.");
      finding.why = "Inserts fail with a duplicate key until it has caught up, or give a number twice where no key stops them.";
      settle(item.kind);
    }
  }

  void judge_views() {
    const auto written = written_tables(context_.trace);
    for (const auto& item : after_.items) {
      if (item.kind != "materialized_view") continue;
      const auto known = before_.relations.find(item.identity);
      const auto refreshed = last_refresh(context_.trace, known == before_.relations.end() ? item.object : known->second);
      std::vector<std::string> changed;
      for (const auto& oid : item.made_from) {
        const auto old = before_.relations.find(oid), now = after_.relations.find(oid);
        const auto* name = old != before_.relations.end() ? &old->second : now != after_.relations.end() ? &now->second : nullptr;
        if (name == nullptr) continue;
        const auto write = written.find(*name);
        if (write != written.end() && (!refreshed || *refreshed < write->second.at)) changed.push_back(write->second.text);
      }
      if (changed.empty()) continue;
      auto& finding = add("stale_view", item, Severity::warning);
      finding.what = "The migration changed rows that the materialised view is made from, and did not refresh it.";
      finding.why = "Readers see what was there before the migration, until somebody refreshes it.";
      finding.evidence = std::move(changed);
      settle("stale_view");
    }
  }

  void judge_statistics() {
    const std::set<std::string> had(before_.analysed.begin(), before_.analysed.end());
    for (const auto& item : after_.items) {
      if (item.kind == "unseen_statistics") unseen("unanalysed", item);
      if (item.kind != "unanalysed") continue;
      const bool made = !before_.relations.contains(item.identity);
      const auto numbers = split(item.state, ',');
      std::vector<std::string> lost;
      for (std::size_t i = 0; i < numbers.size() && i < item.made_from.size(); ++i)
        if (made || had.contains(item.identity + '/' + numbers[i])) lost.push_back(item.made_from[i]);
      if (lost.empty()) continue;
      const bool large = context_.large.reached_by(item.size, item.rows);
      auto& finding = add("unanalysed", item, large ? Severity::failure : Severity::note);
      finding.what = made ? fmt::format("The migration made and filled the table ({}), and no statistics of it exist.", to_string(item.size))
                          : fmt::format("The migration lost the statistics of {} ({}).", joined(lost, ", "), to_string(item.size));
      finding.why = made ? "Until autovacuum comes by, every query on it is planned blind."
                         : "Queries are planned blind, and autovacuum does not come: a changed type counts as no changed row.";
      finding.remedy = made ? fmt::format("ANALYZE {};", item.object) : fmt::format("ANALYZE {} ({});", item.object, joined(lost, ", "));
      finding.remedy += "  -- at the end of the migration";
      settle("unanalysed");
    }
  }

  // Event triggers and settings are nothing wrong by themselves.
  void judge_changes(const std::string& kind) {
    const auto noun = kind == "setting" ? "setting" : "event trigger";
    const auto told = [&](const Remain& item, std::string what) -> Finding& {
      auto& finding = add("changed_setting", item, Severity::failure);
      finding.what = std::move(what);
      finding.why = kind == "setting" ? "It reaches every session from then on, and no schema comparison, dump or down script knows of it."
                                      : "It fires for everybody's statements, the next migration's among them.";
      return finding;
    };
    for (const auto& item : after_.items) {
      if (item.kind != kind) continue;
      const auto* old = same_in(before_, item);
      if (old != nullptr && old->state == item.state) continue;
      auto& finding = told(item, fmt::format("The migration {} the {}{}.", old == nullptr ? "made" : "changed", noun,
                                             kind == "setting" ? "" : fmt::format(" ({}{})", old == nullptr ? "" : old->state + " → ", item.state)));
      if (kind == "event_trigger") finding.remedy = fmt::format("DROP EVENT TRIGGER {};", item.object);
      settle("changed_setting");
    }
    for (const auto& item : before_.items) {
      if (item.kind != kind || same_in(after_, item) != nullptr) continue;
      told(item, fmt::format("The migration removed the {}.", noun)).remedy = "Put it back, or accept it in leftovers_left.";
      settle("changed_setting");
    }
  }

  void unseen(const std::string& check, const Remain& item) {
    auto& finding = add(check, item, Severity::failure);
    finding.what = fmt::format("Could not look at {}.", item.state);
    finding.why = "What could not be looked at does not count as right.";
    finding.remedy = "Rehearse as a role that may read the table and that row security does not bind (a superuser, or BYPASSRLS).";
    settle(check);
  }

  void judge_waivers(std::string_view rule) {
    for (const auto& waiver : context_.waivers)
      if (waiver.until < context_.today && matches_glob(waiver.kind, rule))
        findings_.push_back({.check = "leftovers/waivers", .object = waiver.name, .what = "A waiver in leftovers_left has expired: " + waiver.reason,
                             .where = where_, .why = "What it accepted is accepted no longer.", .remedy = "Mend what it covers and remove it, or give it a new date."});
  }

  const Remains& before_;
  const Remains& after_;
  const LeftoverContext& context_;
  std::string where_;
  Findings findings_;
};

}  // namespace

const std::vector<LeftoverRule>& leftover_rules() {
  static const std::vector<LeftoverRule> rules = {
      {"invalid_index", "no index is invalid"},
      {"unvalidated_constraint", "every constraint is validated"},
      {"disabled_trigger", "no trigger is disabled"},
      {"sequence_behind", "no sequence is behind its column"},
      {"stale_view", "no materialised view is empty or stale"},
      {"unanalysed", "no table is without statistics"},
      {"leftover_object", "nothing temporary is left"},
      {"changed_setting", "no setting or event trigger is changed"},
  };
  return rules;
}

Findings leftovers(const Remains& before, const Remains& after, const LeftoverContext& context, const std::string& rule) {
  const auto& rules = leftover_rules();
  if (std::none_of(rules.begin(), rules.end(), [&](const LeftoverRule& known) { return known.id == rule; }))
    throw std::logic_error("there is no leftover rule " + rule);
  for (const auto* side : {&before, &after})
    if (!side->could_not_look.empty())
      throw Error(Failure::could_not_check, fmt::format("What stood in the database {} the migration could not be read: {}", side == &before ? "before" : "after", side->could_not_look));
  return Judge(before, after, context).findings(rule);
}

Findings leftovers(const Remains& before, const Remains& after, const LeftoverContext& context) {
  Findings all;
  for (const auto& rule : leftover_rules()) {
    auto findings = leftovers(before, after, context, rule.id);
    all.insert(all.end(), findings.begin(), findings.end());
  }
  return all;
}

}  // namespace prodclone::checks
