// The table of layouts: how each is recognised, read and ordered. One row per layout, one reader per row.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>

namespace prodclone::migrations {

// What a folder holds, one level below it included, hidden names left out, sorted.
struct Listing {
  std::filesystem::path dir = {};
  std::vector<std::filesystem::path> files = {};    // relative to dir
  std::vector<std::filesystem::path> folders = {};  // relative to dir, top level only
};

struct LayoutRow {
  Layout layout;
  ToolFacts facts;
  bool (*is_script)(const std::filesystem::path& relative);  // this file could only be a migration of this layout
  void (*read)(const Listing& listing, Project& project);    // fills migrations (unsorted) and problems
  bool (*sorts_before)(const std::string& a, const std::string& b);
};

const std::vector<LayoutRow>& layout_rows();
const LayoutRow& layout_row(Layout layout);

// The readers.
bool is_up_down_pair(const std::filesystem::path& relative);
void read_up_down_pairs(const Listing& listing, Project& project);
bool is_migratus_script(const std::filesystem::path& relative);
void read_migratus(const Listing& listing, Project& project);
bool is_folder_script(const std::filesystem::path& relative);
void read_folder_pairs(const Listing& listing, Project& project);

// The init script, in the way of the project's layout.
Script read_init(const std::filesystem::path& file, Layout layout, std::vector<Problem>& problems);

// Numbers of any length, without leading zeros: shorter is smaller.
bool number_before(const std::string& a, const std::string& b);
std::string without_leading_zeros(const std::string& digits);

}  // namespace prodclone::migrations
