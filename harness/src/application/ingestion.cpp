#include <prodclone/application/ingestion.hpp>

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <set>
#include <thread>

#include <prodclone/application/json_value.hpp>
#include <prodclone/application/program.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/http/client.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>

namespace prodclone::application {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::vector<fs::path> matching_files(const fs::path& root, const std::string& pattern) {
  std::string whole;
  for (const char c : root.string()) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) whole += '\\';
    whole += c;
  }
  whole = fs::path(pattern).is_absolute() ? pattern : whole + '/' + pattern;
  glob_t found{};
  const int code = ::glob(whole.c_str(), 0, nullptr, &found);
  std::vector<fs::path> files;
  for (std::size_t i = 0; code == 0 && i < found.gl_pathc; ++i)
    if (fs::is_regular_file(found.gl_pathv[i])) files.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  if (files.empty())
    throw Error(Failure::usage, fmt::format("ingestion.documents: \"{}\" matches no file in {}.", pattern, root.string()), "Name files, or a pattern of files.");
  return files;
}

std::vector<fs::path> documents_of(const IngestionWork& work) {
  std::set<fs::path> files;
  for (const auto& pattern : work.ingestion.documents)
    for (auto& file : matching_files(work.root, pattern)) files.insert(fs::weakly_canonical(file));
  return {files.begin(), files.end()};
}

// The state query with parameters for what it names in braces.
struct StateQuery {
  std::string sql;
  std::vector<std::string> names;  // of the parameters, in their order

  explicit StateQuery(const config::Ingestion& ingestion) : sql(ingestion.state_query) {
    if (sql.find("$1") != std::string::npos) names.emplace_back("document_name");
    std::vector<std::string> known = {"document", "document_name"};
    for (const auto& [name, pointer] : ingestion.capture) known.push_back(name);
    for (const auto& name : mentioned(sql, known)) {
      names.push_back(name);
      sql = replaced(std::move(sql), '{' + name + '}', fmt::format("${}", names.size()));
    }
  }
};

struct Document {
  fs::path path;
  Placeholders values;
  DocumentReport report;
  Clock::time_point given = {};
  bool decided = false;

  void decide(DocumentEnd end) {
    report.end = end;
    report.took = std::chrono::duration_cast<milliseconds>(Clock::now() - given);
    decided = true;
  }
};

std::vector<std::string> states(pg::Session& session, const StateQuery& query, const Document& document) {
  return doing("asking for a document's state (ingestion.state_query)", [&] {
    pg::Parameters parameters;
    for (const auto& name : query.names) parameters.emplace_back(document.values.at(name));
    const auto rows = session.query(query.sql, parameters);
    std::vector<std::string> found;
    for (std::size_t row = 0; row < rows.rows(); ++row) found.push_back(rows.cell(row, 0).value_or("NULL"));
    return found;
  });
}

bool among(const std::vector<std::string>& all, const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

std::string excerpt(const std::string& text) { return std::string(trimmed(text)).substr(0, 400); }

bool accepted(const std::vector<config::StatusRange>& ranges, int status) {
  if (ranges.empty()) return status >= 200 && status <= 299;
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) { return status >= range.from && status <= range.to; });
}

struct Given {
  bool taken = false;
  std::string reply = {};    // where captured values stand
  std::string refusal = {};
};

Given give_by_command(const IngestionWork& work, const Document& document) {
  const auto arguments = filled(work.ingestion.command, document.values);
  const auto outcome = process::run({.arguments = arguments, .environment = work.environment, .unset = work.unset, .directory = work.directory,
                                     .program = program_path(arguments.at(0), work.directory)},
                                    {.deadline = work.ingestion.deadline});
  if (outcome.succeeded()) return {.taken = true, .reply = outcome.out};
  return {.refusal = fmt::format("{} ended with {}: {}", arguments[0], describe(outcome), excerpt(trimmed(outcome.err).empty() ? outcome.out : outcome.err))};
}

Given give_by_request(const IngestionWork& work, const Document& document) {
  const auto& ingestion = work.ingestion;
  const auto file_of = [&](const std::string& text) {
    const fs::path path = filled(text, document.values);
    return path.is_absolute() ? path : work.root / path;
  };
  auto in_url = document.values;
  for (const char* name : {"document", "document_name"}) in_url[name] = percent_encoded(in_url[name]);
  http::Request request{.method = ingestion.method, .headers = filled(ingestion.headers, document.values), .body = filled(ingestion.body, document.values), .timeout = ingestion.deadline};
  request.url = filled(ingestion.url, in_url);
  if (request.url.starts_with('/')) request.url = http::resolved_url(work.health, request.url);
  if (!ingestion.body_file.empty()) request.body = read_file(file_of(ingestion.body_file));
  for (const auto& [field, text] : ingestion.multipart) {
    if (text.starts_with('@')) request.parts.push_back({.name = field, .file = file_of(text.substr(1))});
    else request.parts.push_back({.name = field, .text = filled(text, document.values)});
  }
  try {
    const auto response = http::send(request);
    if (accepted(ingestion.status, response.status)) return {.taken = true, .reply = response.body};
    return {.refusal = fmt::format("{} {} answered {}: {}", ingestion.method, ingestion.url, response.status, excerpt(response.body))};
  } catch (const http::TransferError& error) {
    return {.refusal = error.what_failed()};
  }
}

void give(const IngestionWork& work, Document& document) {
  document.given = Clock::now();
  const auto given = work.ingestion.command.empty() ? give_by_request(work, document) : give_by_command(work, document);
  if (!given.taken) {
    document.report.answer = given.refusal;
    document.decide(DocumentEnd::refused);
    return;
  }
  for (const auto& [name, pointer] : work.ingestion.capture) {
    const auto found = json_at(given.reply, pointer);
    if (!found || *found == "null") {
      document.report.answer = fmt::format("it was taken, but the reply has nothing at {}, where ingestion.capture expects {{{}}}", pointer.empty() ? "its top" : pointer, name);
      document.decide(DocumentEnd::refused);
      return;
    }
    document.values[name] = plain(*found);
  }
}

void refuse_what_was_there(pg::Session& session, const StateQuery& query, const config::Ingestion& ingestion, const Document& document) {
  // What the reply names cannot have been there before.
  for (const auto& name : query.names)
    if (ingestion.capture.contains(name)) return;
  if (states(session, query, document).empty()) return;
  throw Error(Failure::could_not_check,
              fmt::format("Before {} is ingested, ingestion.state_query finds a state for it already: production has a document of that name.", document.report.document),
              "Give the document a name of its own, or ask by an identifier from the reply (ingestion.capture).");
}

void look(pg::Session& session, const StateQuery& query, const config::Ingestion& ingestion, Document& document) {
  const auto found = states(session, query, document);
  for (const auto& state : found)
    if (document.report.states.empty() || document.report.states.back() != state) document.report.states.push_back(state);
  const auto in = [](const std::vector<std::string>& wanted) { return [&wanted](const std::string& state) { return among(wanted, state); }; };
  if (std::any_of(found.begin(), found.end(), in(ingestion.failed))) document.decide(DocumentEnd::failed);
  else if (!found.empty() && std::all_of(found.begin(), found.end(), in(ingestion.terminal))) document.decide(DocumentEnd::done);
  else if (Clock::now() - document.given >= ingestion.deadline) document.decide(found.empty() ? DocumentEnd::unseen : DocumentEnd::stuck);
}

}  // namespace

std::vector<DocumentReport> ingest(const IngestionWork& work) {
  const StateQuery query(work.ingestion);
  pg::Session session(work.database);
  std::vector<Document> documents;
  for (const auto& path : documents_of(work)) {
    Document document{.path = path, .values = work.values, .report = {.document = fs::relative(path, fs::weakly_canonical(work.root)).string()}};
    document.values["document"] = path.string();
    document.values["document_name"] = path.filename().string();
    refuse_what_was_there(session, query, work.ingestion, document);
    documents.push_back(std::move(document));
  }
  for (auto& document : documents) give(work, document);
  milliseconds pause(50);
  const auto open = [](const Document& document) { return !document.decided; };
  while (std::any_of(documents.begin(), documents.end(), open)) {
    // Asked first, so that what was done before the program's end still counts.
    const bool ended = work.program_ended && work.program_ended();
    for (auto& document : documents) {
      if (document.decided) continue;
      look(session, query, work.ingestion, document);
      if (!document.decided && ended) document.decide(DocumentEnd::program_ended);
    }
    if (ended) break;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 3 / 2, milliseconds(1000));
  }
  std::vector<DocumentReport> reports;
  for (auto& document : documents) reports.push_back(std::move(document.report));
  return reports;
}

}  // namespace prodclone::application
