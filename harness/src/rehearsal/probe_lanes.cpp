#include "probe_lanes.hpp"

#include <poll.h>

#include <algorithm>

#include <sql/blocking_locks.hpp>

#include "lock_sampler.hpp"

namespace prodclone::rehearsal {

namespace {

constexpr auto worth_noting = std::chrono::milliseconds(10);
constexpr std::int64_t warm_answers = 3;
constexpr std::string_view lock_not_available = "55P03";

Duration median(std::vector<Duration> durations) {
  if (durations.empty()) return {};
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  return *middle;
}

}  // namespace

ProbeLanes::ProbeLanes(const pg::ConnInfo& database, TrafficOptions options) : database_(database), options_(options), side_(database) {
  side_->execute("SET lock_timeout = '2s'; SET search_path = pg_catalog; SET application_name = 'prodclone traffic probe'");
  auto& lane = add(Asks::locks, options_.look_every);
  if (const auto made = lane.connection.ask("PREPARE look(int) AS " + std::string(sql::blocking_locks)); made.error)
    throw pg::SqlError(*made.error);
}

ProbeLanes::~ProbeLanes() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

ProbeLanes::Lane& ProbeLanes::add(Asks asks, std::chrono::milliseconds every) {
  lanes_.push_back({.connection = pg::AsyncConnection(database_), .asks = asks, .every = every});
  auto& lane = lanes_.back();
  become_probe([&](const std::string& text, bool required) {
    const auto answer = lane.connection.ask(text);
    if (answer.error && required) throw pg::SqlError(*answer.error);
  });
  return lane;
}

void ProbeLanes::ask(Oid table, const ProbedTable& described, const std::vector<std::string>& keys, Use use) {
  auto& lane = add(Asks::table, options_.ask_every);
  lane.table = table;
  lane.use = use;
  lane.keys = keys;
  lane.statement = use == Use::reads ? read_statement(described, keys) : write_statement(described);
}

void ProbeLanes::watch_rows(Oid table, const ProbedTable& described, const std::vector<std::string>& keys) {
  auto& lane = add(Asks::rows, options_.ask_every);
  lane.table = table;
  lane.keys = keys;
  lane.statement = row_statement(described, keys);
  const auto position = [&] { return side_->query("SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0') AS at").integer(0, "at"); };
  const auto written_by_a_look = [&]() -> Bytes {
    const auto before = position();
    if (const auto answer = lane.connection.ask(lane.statement); answer.error) throw pg::SqlError(*answer.error);
    return {position() - before};
  };
  // The first may be the first to touch its pages since the checkpoint, and logs them whole.
  seen_.row_look_wal[table] = written_by_a_look();
  lane.wal_of_a_look = written_by_a_look();
}

void ProbeLanes::start(std::optional<int> backend_pid, Clock::time_point began) {
  began_ = began;
  lanes_.front().statement = "EXECUTE look(" + (backend_pid ? std::to_string(*backend_pid) : std::string("NULL")) + ')';
  thread_ = std::thread([this] { run(); });
  std::unique_lock lock(mutex_);
  warm_.wait_for(lock, std::chrono::seconds(10), [this] { return is_warm_; });
}

void ProbeLanes::run() {
  const auto warmed_up = [this] {
    const std::lock_guard lock(mutex_);
    is_warm_ = true;
    warm_.notify_all();
  };
  try {
    while (true) {
      serve();
      if (!is_warm_ && all_answered(warm_answers)) warmed_up();
      if (!stopping_) continue;
      for (auto& lane : lanes_)
        if (lane.answers_when_stopped < 0) lane.answers_when_stopped = lane.answers + (lane.connection.under_way() ? 1 : 0);
      // A statement that was under way may have been answered from before the end: one more each.
      if (std::all_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.ended || lane.answers > lane.answers_when_stopped; })) break;
    }
  } catch (const std::exception& error) {
    not_measured_.push_back({"blocking", std::string("the probes stopped early: ") + error.what()});
    warmed_up();
  }
}

bool ProbeLanes::all_answered(std::int64_t times) const {
  return std::all_of(lanes_.begin(), lanes_.end(), [&](const Lane& lane) { return lane.ended || lane.answers >= times; });
}

// Sends what is due, waits until an answer is there or something is due again, and takes the answers.
void ProbeLanes::serve() {
  auto now = Clock::now();
  auto until = now + options_.look_every;
  std::vector<pollfd> sockets;
  for (auto& lane : lanes_) {
    if (lane.ended) continue;
    if (!lane.connection.under_way()) {
      if (lane.due > now) {
        until = std::min(until, lane.due);
        continue;
      }
      lane.sent = now;
      if (!lane.refused) lane.asked_first = now;
      lane.connection.send(lane.statement);
    }
    sockets.push_back({.fd = lane.connection.socket(), .events = POLLIN, .revents = 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  ::poll(sockets.data(), sockets.size(), static_cast<int>(std::max<std::int64_t>(0, left)));
  now = Clock::now();
  for (auto& lane : lanes_)
    if (auto answer = lane.connection.receive()) answered(lane, *answer, now);
}

void ProbeLanes::answered(Lane& lane, const pg::AsyncConnection::Answer& answer, Clock::time_point now) {
  ++lane.answers;
  lane.due = std::max(lane.sent + lane.every, now);
  if (answer.error && answer.error->sqlstate == lock_not_available) {
    if (lane.asks != Asks::table) return;   // NOWAIT: the table is locked, its rows are not looked at
    lane.refused = true;
    lane.due = now;
    return;
  }
  if (lane.asks == Asks::table) {
    const auto took = std::chrono::duration_cast<Duration>(now - lane.asked_first);
    lane.took.push_back(took);
    if (took >= worth_noting) lane.waits.push_back({since_start(lane.asked_first), since_start(now), lane.refused});
    lane.refused = false;
  }
  if (answer.error) return failed(lane, *answer.error);
  if (lane.asks == Asks::locks) looked_at_locks(lane, answer.result, now);
  if (lane.asks == Asks::rows) looked_at_rows(lane, answer.result, now);
}

// What a look shows was so at some time between its being sent and answered: clear is told by the former of the look
// before, and by the latter of the look after.
void ProbeLanes::looked_at_locks(const Lane& lane, const pg::Result& result, Clock::time_point now) {
  const auto sent = since_start(lane.sent), at = since_start(now);
  if (looks_ > 0) longest_gap_ = std::max(longest_gap_, at - last_look_);
  ++looks_;
  std::map<std::pair<Oid, LockMode>, SeenLock> still;
  for (const auto& text : result.texts(0, "locks")) {
    const auto key = parse_held_lock(text);
    auto found = open_.extract(key);
    SeenLock lock = found ? found.mapped() : SeenLock{.relation = key.first, .mode = key.second, .clear_before = last_look_, .first = at};
    lock.last = sent;
    still.emplace(key, lock);
  }
  for (auto& [_, lock] : open_) {
    lock.clear_after = at;
    seen_.locks.push_back(lock);
  }
  open_ = std::move(still);
  last_look_ = sent;
}

void ProbeLanes::looked_at_rows(Lane& lane, const pg::Result& result, Clock::time_point now) {
  if (result.empty()) return;
  const auto there = result.integer(0, "there");
  seen_.row_looks[lane.table].push_back({since_start(now), there, std::max<std::int64_t>(0, there - result.integer(0, "free"))});
}

// A migration may rename a table or a column, change a type, or drop either.
void ProbeLanes::failed(Lane& lane, const pg::SqlFacts& facts) {
  const bool changed = facts.sqlstate.starts_with("42") && facts.sqlstate != "42501", unfit = facts.sqlstate.starts_with("22");
  if (lane.asks != Asks::locks && (changed || unfit)) return describe_again(lane, unfit);
  lane.ended = true;
  not_measured_.push_back({lane.asks == Asks::rows ? "row_locks" : "blocking", facts.message});
}

void ProbeLanes::describe_again(Lane& lane, bool without_keys) {
  const auto found = look_at_tables(*side_, {lane.table});
  const auto table = found.find(lane.table);
  if (without_keys) lane.keys.clear();
  const bool gone = table == found.end(), no_rows = !gone && lane.asks == Asks::rows && (lane.keys.empty() || table->second.key.empty());
  if (gone || no_rows) {
    lane.ended = true;
    return;
  }
  lane.statement = lane.asks == Asks::rows     ? row_statement(table->second, lane.keys)
                   : lane.use == Use::reads ? read_statement(table->second, lane.keys)
                                            : write_statement(table->second);
}

void ProbeLanes::stop(SeenTraffic& into, std::vector<Unmeasured>& not_measured) {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  for (auto& [_, lock] : open_) {
    lock.clear_after = lock.last;
    seen_.locks.push_back(lock);
  }
  open_.clear();
  for (const auto& lane : lanes_) {
    if (lane.asks == Asks::rows) seen_.row_look_wal[lane.table].count += lane.wal_of_a_look.count * (lane.answers + 1);
    if (lane.asks == Asks::table)
      seen_.probes.push_back({lane.table, lane.use, lane.answers, median(lane.took), lane.waits});
  }
  into.locks = std::move(seen_.locks);
  into.probes = std::move(seen_.probes);
  into.row_looks = std::move(seen_.row_looks);
  into.row_look_wal = std::move(seen_.row_look_wal);
  not_measured.insert(not_measured.end(), not_measured_.begin(), not_measured_.end());
}

}  // namespace prodclone::rehearsal
