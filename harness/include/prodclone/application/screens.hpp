// Asks the screens that a project declares, in their order, and keeps what they answered: facts, for the checks to judge.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <prodclone/application/placeholders.hpp>
#include <prodclone/config/application.hpp>

namespace prodclone::application {

struct PageAnswer {
  int status = 0;                             // 0: none came
  std::string error = {};                     // why none came
  std::string body = {};
};

struct ScreenAnswer {
  config::Screen screen = {};                 // as declared
  std::string not_tried = {};                 // why it was not asked: "{first} was not captured"
  std::vector<PageAnswer> pages = {};         // the first is the screen itself
  std::vector<std::string> not_captured = {}; // names whose pointer found nothing
};

// `health` gives paths their host. `values` are those of the run.
std::vector<ScreenAnswer> visit(const std::vector<config::Screen>& screens, const std::string& health, Placeholders values);

// The pages of `paginates`: the list that a page shows, as JSON text; the whole reply where no list is named.
std::string list_of(const PageAnswer& page, const config::Pagination& pagination);

}  // namespace prodclone::application
