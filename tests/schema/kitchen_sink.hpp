// A scratch database with every kind of object that the server knows, as kitchen_sink.sql makes them.
#pragma once

#include <string>

#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::schema {

class KitchenSink {
 public:
  KitchenSink();
  ~KitchenSink();
  KitchenSink(const KitchenSink&) = delete;
  KitchenSink& operator=(const KitchenSink&) = delete;

  pg::Session& session() { return session_; }
  const pg::ConnInfo& conninfo() const { return database_.conninfo(); }
  // Runs under search_path = app; `sink_space` in it becomes the table space that the sink made for itself.
  void run(std::string ddl);

 private:
  selftest::ScratchDatabase database_;
  pg::Session session_{database_.conninfo()};
  std::string table_space_;
};

// A database with a subscription cannot be dropped.
void drop_subscriptions(pg::Session& session);

}  // namespace prodclone::schema
