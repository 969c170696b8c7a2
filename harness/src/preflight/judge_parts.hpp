// The parts of the judgement, and what they share.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/config/preflight.hpp>
#include <prodclone/preflight/live_facts.hpp>
#include <prodclone/preflight/targets.hpp>

namespace prodclone::preflight {

struct Question {
  const LiveFacts& facts;
  const Targets& targets;
  const config::Preflight& limits;
};

checks::Findings judge_server(const Question& question);
checks::Findings judge_sessions(const Question& question);
checks::Findings judge_maintenance(const Question& question);
checks::Findings judge_replication(const Question& question);
checks::Findings judge_tables(const Question& question);
checks::Findings judge_room(const Question& question);

// "session 4711 (orcha, psql)"
std::string who(int pid, const std::string& user, const std::string& application);

// What the deploy will want on disk, on the live server's scale.
struct Need {
  Bytes rewritten = {}, wal = {}, temp = {};
  std::vector<std::string> tables = {};      // "public.orders, 494 MB with its indexes"
  std::vector<std::string> unknown = {};     // rewritten, and not found on the live server
  Bytes total() const { return rewritten + wal + temp; }
};
Need need_of(const Question& question);

}  // namespace prodclone::preflight
