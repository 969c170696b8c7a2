// A scratch database with every kind of object that the server knows, as kitchen_sink.sql makes them.
#pragma once

#include <optional>
#include <string>

#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::schema {

class KitchenSink {
 public:
  KitchenSink() : KitchenSink(99) {}
  // Only what a server of major `level` would know, whatever the server is.
  explicit KitchenSink(int level);
  ~KitchenSink();
  KitchenSink(const KitchenSink&) = delete;
  KitchenSink& operator=(const KitchenSink&) = delete;

  pg::Session& session() { return session_; }
  // Runs under search_path = app; `sink_space` in it becomes the table space that the sink made for itself.
  void run(std::string ddl) { run(session_, std::move(ddl)); }
  void run(pg::Session& session, std::string ddl) const { session.execute(script(std::move(ddl))); }
  // The same for a connection of another kind.
  std::string script(std::string ddl) const;
  // A file of SQL in parts, each behind a line "-- from <major>": those that the level and the server know.
  void pour(const std::string& file);

 private:
  friend class KitchenSinkCopy;

  selftest::ScratchDatabase database_;
  pg::Session session_{database_.conninfo()};
  int level_;
  std::string subscription_;
  std::string table_space_;
};

// The same at the price of a copy; its subscription is made anew, for those do not travel. While a copy is made, the
// sink has no session.
class KitchenSinkCopy {
 public:
  explicit KitchenSinkCopy(KitchenSink& sink);
  ~KitchenSinkCopy();
  KitchenSinkCopy(const KitchenSinkCopy&) = delete;
  KitchenSinkCopy& operator=(const KitchenSinkCopy&) = delete;

  pg::Session& session() { return *session_; }
  const pg::ConnInfo& conninfo() const { return conninfo_; }

 private:
  pg::ConnInfo conninfo_;
  std::optional<pg::Session> session_;
};

// A database with a subscription cannot be dropped.
void drop_subscriptions(pg::Session& session);

}  // namespace prodclone::schema
