// One measured comparison: what prodclone does beside what a user would do instead, run in turns so that both meet the
// same busy machine. Ratios of medians are what counts; the times only tell how big the case was.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "processor_time.hpp"

namespace prodclone::bench {

struct Alternative {
  std::string name = {};
  std::string includes = {};           // what its time covers
  std::function<void()> prepare = {};  // not timed
  std::function<void()> run = {};      // timed
};

struct Sample {
  double wall_s = 0;
  double cpu_s = 0;
};

struct Measured {
  std::string name = {}, includes = {};
  std::vector<Sample> samples = {};
};

struct Comparison {
  std::string name = {};
  std::string subject = {};                 // "orcha at scale 2: 180 MB, dump 27 MB"
  std::vector<Measured> alternatives = {};  // ours first
};

double median(std::vector<double> values);
double median_wall(const Measured& measured);
double median_cpu(const Measured& measured);

// Each round runs every alternative once, and begins with another one than the round before.
Comparison measure(const std::string& name, const std::string& subject, const std::vector<Alternative>& alternatives,
                   int rounds, const ProcessorTime& processor_time);

struct MachineFacts {
  int cores = 0;
  std::string processor = {}, memory = {}, postgres = {}, file_system = {}, build = {};
  double load_before = 0, load_after = 0;  // one-minute averages
};

std::string to_markdown(const std::vector<Comparison>& comparisons, const MachineFacts& machine);
std::string to_json(const std::vector<Comparison>& comparisons, const MachineFacts& machine);  // prodclone/bench/1

}  // namespace prodclone::bench
