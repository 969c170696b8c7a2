#include "comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>

namespace prodclone::bench {

namespace {

std::vector<double> values_of(const Measured& measured, double Sample::*which) {
  std::vector<double> values;
  for (const auto& sample : measured.samples) values.push_back(sample.*which);
  return values;
}

std::string seconds(double value) {
  if (value < 0.1) return fmt::format("{:.1f} ms", value * 1e3);
  return value < 10 ? fmt::format("{:.2f} s", value) : fmt::format("{:.1f} s", value);
}

// Processor time comes in steps of 10 ms: what is below a few of them is no measurement.
std::string processor_seconds(double value) {
  return value < 0.03 ? "< 30 ms" : seconds(value);
}

std::string ratio(double value) {
  return value < 10 ? fmt::format("{:.2f}x", value) : fmt::format("{:.0f}x", value);
}

Sample timed(const std::function<void()>& run, const ProcessorTime& processor_time) {
  const double cpu = processor_time.seconds();
  const auto began = std::chrono::steady_clock::now();
  run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  return {.wall_s = wall.count(), .cpu_s = processor_time.seconds() - cpu};
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double median_wall(const Measured& measured) {
  return median(values_of(measured, &Sample::wall_s));
}
double median_cpu(const Measured& measured) {
  return median(values_of(measured, &Sample::cpu_s));
}

Comparison measure(const std::string& name, const std::string& subject, const std::vector<Alternative>& alternatives,
                   int rounds, const ProcessorTime& processor_time) {
  Comparison comparison{.name = name, .subject = subject};
  for (const auto& alternative : alternatives)
    comparison.alternatives.push_back({.name = alternative.name, .includes = alternative.includes});
  for (int round = 0; round < rounds; ++round)
    for (std::size_t turn = 0; turn < alternatives.size(); ++turn) {
      const auto which = (static_cast<std::size_t>(round) + turn) % alternatives.size();
      doing(fmt::format("measuring {}: {}", name, alternatives[which].name), [&] {
        if (alternatives[which].prepare) alternatives[which].prepare();
        const auto sample = timed(alternatives[which].run, processor_time);
        comparison.alternatives[which].samples.push_back(sample);
        fmt::print(stderr, "{} {}/{}: {}: {}\n", name, round + 1, rounds, alternatives[which].name,
                   seconds(sample.wall_s));
      });
    }
  return comparison;
}

std::string to_markdown(const std::vector<Comparison>& comparisons, const MachineFacts& machine) {
  auto text = fmt::format("{} cores ({}), {}, {}, PostgreSQL {}, {} build; load average {:.1f} before, {:.1f} after.\n",
                          machine.cores, machine.processor, machine.memory, machine.file_system, machine.postgres,
                          machine.build, machine.load_before, machine.load_after);
  for (const auto& comparison : comparisons) {
    const auto& ours = comparison.alternatives.front();
    text += fmt::format("\n### {}\n{}\n\n", comparison.name, comparison.subject);
    text += "| | median | min – max | n | times ours | processor | times ours |\n|---|---|---|---|---|---|---|\n";
    for (const auto& one : comparison.alternatives) {
      const auto walls = values_of(one, &Sample::wall_s);
      const auto [least, most] = std::minmax_element(walls.begin(), walls.end());
      const auto cpu = median_cpu(one), our_cpu = median_cpu(ours);
      text += fmt::format("| {} | {} | {} – {} | {} | {} | {} | {} |\n", one.name, seconds(median_wall(one)),
                          seconds(*least), seconds(*most), walls.size(), ratio(median_wall(one) / median_wall(ours)),
                          processor_seconds(cpu), std::min(cpu, our_cpu) < 0.03 ? "–" : ratio(cpu / our_cpu));
    }
    text += '\n';
    for (const auto& one : comparison.alternatives) text += fmt::format("- {}: {}.\n", one.name, one.includes);
  }
  return text;
}

std::string to_json(const std::vector<Comparison>& comparisons, const MachineFacts& machine) {
  nlohmann::ordered_json json = {{"schema", "prodclone/bench/1"},
                                 {"machine",
                                  {{"cores", machine.cores},
                                   {"processor", machine.processor},
                                   {"memory", machine.memory},
                                   {"postgres", machine.postgres},
                                   {"file_system", machine.file_system},
                                   {"build", machine.build},
                                   {"load_before", machine.load_before},
                                   {"load_after", machine.load_after}}},
                                 {"comparisons", nlohmann::ordered_json::array()}};
  for (const auto& comparison : comparisons) {
    nlohmann::ordered_json entry = {
        {"name", comparison.name}, {"subject", comparison.subject}, {"alternatives", nlohmann::ordered_json::array()}};
    const auto& ours = comparison.alternatives.front();
    for (const auto& one : comparison.alternatives) {
      nlohmann::ordered_json alternative = {{"name", one.name},
                                            {"includes", one.includes},
                                            {"median_ms", median_wall(one) * 1e3},
                                            {"median_cpu_ms", median_cpu(one) * 1e3},
                                            {"ratio", median_wall(one) / median_wall(ours)},
                                            {"wall_ms", nlohmann::ordered_json::array()},
                                            {"cpu_ms", nlohmann::ordered_json::array()}};
      for (const auto& sample : one.samples) {
        alternative["wall_ms"].push_back(sample.wall_s * 1e3);
        alternative["cpu_ms"].push_back(sample.cpu_s * 1e3);
      }
      entry["alternatives"].push_back(std::move(alternative));
    }
    json["comparisons"].push_back(std::move(entry));
  }
  return json.dump(2) + '\n';
}

}  // namespace prodclone::bench
