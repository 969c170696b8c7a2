#include <prodclone/databases/leases.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

#include <prodclone/base/error.hpp>

namespace prodclone::databases {

struct Leases::Book {
  std::map<std::string, Run> runs;
  std::vector<Lease> leases;   // in the order in which the things were first held

  Lease& of(const std::string& thing) {
    for (auto& lease : leases)
      if (lease.thing == thing) return lease;
    return leases.emplace_back(Lease{.thing = thing});
  }
};

namespace {

std::string file_name_of(const std::string& thing) {
  std::string name;
  for (const char c : thing) name += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ? c : '.';
  return name + ".lock";
}

}  // namespace

Leases::Leases(std::filesystem::path state_directory) : directory_(std::move(state_directory)) {
  make_private_directory(directory_ / "locks");
}

Leases::Book Leases::read() const {
  Book book;
  const auto text = read_file_if_present(directory_ / "leases.json");
  if (!text) return book;
  const auto field = [](const nlohmann::json& object, const char* key) { return object.at(key).get<std::string>(); };
  try {
    const auto json = nlohmann::json::parse(*text);
    if (field(json, "schema") == "prodclone/leases/1") {
      for (const auto& run : json.at("runs"))
        book.runs[field(run, "id")] = {field(run, "id"), process::parse_identity(field(run, "owner")).value_or(process::Identity{}),
                                       field(run, "what"), field(run, "started_at"), run.value("ended", false)};
      for (const auto& lease : json.at("leases"))
        book.leases.push_back({field(lease, "thing"), lease.at("holders").get<std::vector<std::string>>(), field(lease, "kept_by")});
      return book;
    }
  } catch (const nlohmann::json::exception&) {
    // Told below, as for a book of another version.
  }
  throw Error(Failure::could_not_check, (directory_ / "leases.json").string() + " is not readable as a book of leases.",
              "Remove it when no prodclone run is going on; `prodclone drop-clone` then removes what was left.");
}

void Leases::change(const std::function<void(Book&)>& edit) {
  const FileLock guard(directory_ / "leases.lock");
  auto book = read();
  edit(book);
  nlohmann::ordered_json json = {{"schema", "prodclone/leases/1"}, {"runs", nlohmann::json::array()}, {"leases", nlohmann::json::array()}};
  for (const auto& [id, run] : book.runs)
    json["runs"].push_back({{"id", id}, {"owner", process::to_string(run.owner)}, {"what", run.what}, {"started_at", run.started_at}, {"ended", run.ended}});
  for (const auto& lease : book.leases)
    json["leases"].push_back({{"thing", lease.thing}, {"holders", lease.holders}, {"kept_by", lease.kept_by}});
  write_file_atomically(directory_ / "leases.json", json.dump(1) + '\n');
}

void Leases::begin(const Run& run) {
  change([&](Book& book) {
    remove_unfinished_writes(directory_ / "leases.json");
    book.runs[run.id] = run;
  });
}

std::optional<Run> Leases::run_of(const process::Identity& owner) const {
  for (const auto& [id, run] : read().runs)
    if (run.owner == owner && !run.ended) return run;
  return std::nullopt;
}

std::vector<Run> Leases::runs() const {
  std::vector<Run> all;
  for (const auto& [id, run] : read().runs) all.push_back(run);
  return all;
}

std::vector<Run> Leases::dead_runs() const {
  auto all = runs();
  std::erase_if(all, [](const Run& run) { return process::alive(run.owner); });
  return all;
}

void Leases::hold(const std::string& thing, const std::string& run) {
  change([&](Book& book) {
    // A child of a killed ctest outlives it: what it took after the warden's visit nobody would ever give back.
    if (const auto found = book.runs.find(run); found == book.runs.end() || found->second.ended)
      throw Error(Failure::could_not_check, "The run " + run + " has ended: whoever it belonged to is gone.", "Start a new one.");
    auto& holders = book.of(thing).holders;
    if (std::find(holders.begin(), holders.end(), run) == holders.end()) holders.push_back(run);
  });
}

void Leases::keep(const std::string& thing, const std::string& by) {
  change([&](Book& book) { book.of(thing).kept_by = by; });
}

void Leases::unkeep(const std::string& thing) {
  change([&](Book& book) { book.of(thing).kept_by.clear(); });
}

void Leases::forget(const std::string& thing) {
  change([&](Book& book) { std::erase_if(book.leases, [&](const Lease& lease) { return lease.thing == thing; }); });
  std::error_code ignored;
  std::filesystem::remove(directory_ / "locks" / file_name_of(thing), ignored);
}

std::optional<Lease> Leases::find(const std::string& thing) const {
  for (const auto& lease : read().leases)
    if (lease.thing == thing) return lease;
  return std::nullopt;
}

std::vector<Lease> Leases::all() const { return read().leases; }

void Leases::give_back(const std::string& run) {
  change([&](Book& book) {
    if (const auto found = book.runs.find(run); found != book.runs.end()) found->second.ended = true;
    for (auto& lease : book.leases) std::erase(lease.holders, run);
  });
}

void Leases::end(const std::string& run) {
  change([&](Book& book) {
    book.runs.erase(run);
    for (auto& lease : book.leases) std::erase(lease.holders, run);
  });
}

std::vector<std::string> Leases::unwanted() const {
  const auto book = read();
  std::vector<std::string> things, servers;
  for (auto lease = book.leases.rbegin(); lease != book.leases.rend(); ++lease) {
    if (!lease->holders.empty() || !lease->kept_by.empty()) continue;
    (lease->thing.starts_with("server:") ? servers : things).push_back(lease->thing);
  }
  things.insert(things.end(), servers.begin(), servers.end());
  return things;
}

FileLock Leases::lock(const std::string& thing) const { return FileLock(directory_ / "locks" / file_name_of(thing)); }

}  // namespace prodclone::databases
