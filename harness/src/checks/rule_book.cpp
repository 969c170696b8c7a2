#include "rule_book.hpp"

#include <algorithm>

namespace prodclone::checks {

namespace {

HazardScript patient(std::vector<std::string> statements, ScriptTransactions transactions) {
  statements.insert(statements.begin(), "SET lock_timeout = '500ms'");
  return {std::move(statements), transactions};
}

}  // namespace

HazardScript together(std::vector<std::string> statements) { return patient(std::move(statements), ScriptTransactions::one); }
HazardScript apart(std::vector<std::string> statements) { return patient(std::move(statements), ScriptTransactions::each); }

const std::vector<Hazard>& rule_book() {
  static const auto book = [] {
    std::vector<Hazard> all;
    add_lock_hazards(all);
    add_work_hazards(all);
    add_traffic_hazards(all);
    add_standoff_hazards(all);
    add_catalog_hazards(all);
    std::stable_sort(all.begin(), all.end(), [](const Hazard& a, const Hazard& b) { return a.id < b.id; });
    return all;
  }();
  return book;
}

const std::string& rule_book_sample() {
  static const std::string sample =
      "CREATE TABLE customers (id int PRIMARY KEY);\n"
      "INSERT INTO customers SELECT n FROM generate_series(1, 50) n;\n"
      "CREATE TABLE orders (id int PRIMARY KEY, customer_id int, code varchar(20), amount int);\n"
      "INSERT INTO orders SELECT n, n % 50 + 1, 'c' || n, n FROM generate_series(1, 30000) n;\n"
      "CREATE INDEX by_customer ON orders (customer_id);\n"
      "CREATE TABLE items (id int PRIMARY KEY, order_id int REFERENCES orders);\n"
      "CREATE SEQUENCE tickets;\n"
      "ANALYZE;\n";
  return sample;
}

const std::map<std::string, double>& rule_book_budgets() {
  static const std::map<std::string, double> budgets = {
      {"large_mb", 1024}, {"large_rows", 20'000}, {"rewrite_mb", 1024}, {"rewrite_rows", 20'000},
      {"scan_mb", 1024},  {"scan_rows", 20'000},  {"statement_ms", 1500}};
  return budgets;
}

}  // namespace prodclone::checks
