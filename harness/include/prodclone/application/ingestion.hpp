// Gives documents to the running application and follows each to the end of its way: facts, for the checks to judge.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/application/placeholders.hpp>
#include <prodclone/config/application.hpp>
#include <prodclone/pg/conninfo.hpp>

namespace prodclone::application {

enum class DocumentEnd { done, failed, refused, stuck, unseen, program_ended };

struct DocumentReport {
  std::string document = {};              // as a path in the project
  DocumentEnd end = DocumentEnd::unseen;
  std::vector<std::string> states = {};   // each that was seen, in that order
  std::string answer = {};                // of whoever refused it
  std::chrono::milliseconds took = {};
};

struct IngestionWork {
  const config::Ingestion& ingestion;
  std::filesystem::path root = {};        // of the globs and of body_file
  std::string health = {};                // gives paths their host
  Placeholders values = {};
  pg::ConnInfo database = {};             // where the states are read
  std::filesystem::path directory = {};   // of the command
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> unset = {};
  std::function<std::optional<std::string>()> program_ended = {};
};

// One report for each document, in the order of their paths. Throws Error(usage) when a glob matches no file, and
// Error(could_not_check) when a state cannot be asked for, or was there before the document was given.
std::vector<DocumentReport> ingest(const IngestionWork& work);

}  // namespace prodclone::application
