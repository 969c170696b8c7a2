#include <prodclone/base/progress.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/eventually.hpp"

namespace prodclone {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t gigabyte = std::int64_t{1} << 30;

TEST(TimeLeft, IsToldByThePace) {
  EXPECT_EQ(time_left({.phase = "x", .done = 25, .total = 100}, 10s), 30s);
  EXPECT_EQ(time_left({.phase = "x", .done = 99 * gigabyte, .total = 100 * gigabyte}, 99h), 1h) << "no overflow";
}

TEST(TimeLeft, IsNotToldBeforeThereIsAPace) {
  EXPECT_EQ(time_left({.phase = "x", .done = 25, .total = 100}, 2s), std::nullopt) << "too early";
  EXPECT_EQ(time_left({.phase = "x", .total = 100}, 10s), std::nullopt) << "nothing is done";
  EXPECT_EQ(time_left({.phase = "x", .done = 25}, 10s), std::nullopt) << "nobody knows how much there is";
  EXPECT_EQ(time_left({.phase = "x", .done = 100, .total = 100}, 10s), std::nullopt) << "nothing is left";
  EXPECT_EQ(time_left({.phase = "x", .done = 25, .total = 100, .even = false}, 10s), std::nullopt) << "the pace tells nothing";
}

TEST(TimeLeft, IsWhatIsKnownBetter) {
  EXPECT_EQ(time_left({.phase = "x", .done = 25, .total = 100, .left = 7s}, 10s), 7s);
  EXPECT_EQ(time_left({.phase = "x", .left = 7s, .even = false}, 0s), 7s);
}

TEST(Figures, SayHowMuchHowLongAndWhat) {
  EXPECT_EQ(figures({.phase = "x", .done = 3 * gigabyte, .total = 12 * gigabyte, .unit = "bytes", .detail = "12 of 45 tables"}, 10s), ": 3072 MB of 12 GB, about 30 s left; 12 of 45 tables");
  EXPECT_EQ(figures({.phase = "x", .done = 5, .total = 20, .unit = "checks", .even = false}, 10s), ": 5 of 20 checks");
  EXPECT_EQ(figures({.phase = "x", .done = 7, .unit = "objects"}, 10s), ": 7 objects");
  EXPECT_EQ(figures({.phase = "x", .left = 125s}, 0s), ": about 2 min 5 s left");
  EXPECT_EQ(figures({.phase = "x", .left = 10ms}, 0s), ": about 1 s left");
}

TEST(Figures, AreTheTimeSoFarWhereNothingElseIsKnown) {
  EXPECT_EQ(figures({.phase = "x"}, 1s), "");
  EXPECT_EQ(figures({.phase = "x"}, 34'900ms), ": 34 s");
}

TEST(Tally, AddsUpToTheTotalWhoeverAdds) {
  std::vector<ProgressReport> seen;
  {
    Tally tally([&](const ProgressReport& report) { seen.push_back(report); }, {.phase = "x", .total = 4000, .unit = "bytes"}, "tables", 400);
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n)
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) tally.add(10);
      });
    for (auto& thread : threads) thread.join();
    ASSERT_EQ(seen.size(), 401U);
    for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_EQ(seen[i].done, seen[i - 1].done + 10);
    EXPECT_EQ(seen.back().done, seen.back().total);
    EXPECT_EQ(seen.back().detail, "400 of 400 tables");
  }
  EXPECT_EQ(seen.back().phase, "") << "the phase is over";
}

TEST(WhileWatching, LooksUntilTheWorkIsDone) {
  std::atomic<int> looks = 0;
  while_watching([&] { while (looks < 3) std::this_thread::yield(); }, 1ms, [&] { ++looks; });
  EXPECT_GE(looks, 3);
  EXPECT_THROW(while_watching([] { throw std::runtime_error("no"); }, 1ms, [] {}), std::runtime_error);
}

// What a sink has written to a file of its own.
class Written {
 public:
  Written() : file_(std::tmpfile()) {}
  ~Written() { std::fclose(file_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  std::FILE* file() { return file_; }
  std::string text() const {
    std::string all(65536, '\0');
    all.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(::fileno(file_), all.data(), all.size(), 0))));
    return all;
  }

 private:
  std::FILE* file_;
};

TEST(ProgressOnATerminal, IsOneLineThatStaysWithTheTimeThatItTook) {
  Written written;
  {
    const auto sink = progress_on(written.file(), {.terminal = true, .columns = 40});
    sink({.phase = "copying", .total = 10, .unit = "things"});
    sink({.phase = "copying", .done = 10, .total = 10, .unit = "things", .detail = "and a detail that does not fit into the line"});
    EXPECT_THAT(written.text(), EndsWith("\r\033[K  copying: 10 of 10 things; and a detai…"));
    sink({});
    EXPECT_THAT(written.text(), AllOf(HasSubstr("\r\033[K  copying: "), EndsWith("ms\n")));
    sink({.phase = "checking"});
  }
  EXPECT_THAT(written.text(), AllOf(HasSubstr("\r\033[K  checking: "), EndsWith("ms\n"))) << "finished with the sink";
}

TEST(ProgressOnATerminal, GoesOnWhileNothingIsReported) {
  Written written;
  const auto sink = progress_on(written.file(), {.terminal = true, .tick = 5ms});
  sink({.phase = "one statement", .left = 1500ms, .even = false});
  EXPECT_THAT(written.text(), EndsWith(": about 2 s left"));
  EXPECT_TRUE(selftest::eventually([&] { return written.text().ends_with(": about 1 s left"); }));
  EXPECT_TRUE(selftest::eventually([&] { return written.text().ends_with(": 2 s"); })) << "longer than expected";
}

TEST(ProgressOnATerminal, ClearsItsLineWhenASignalEndsTheProcess) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto sink = terminal_progress();
    sink({.phase = "copying"});
    while (true) ::pause();
  }
  std::string text;
  bool interrupted = false;
  std::array<char, 256> part{};
  for (ssize_t count = 1; (count = ::read(terminal, part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(count));
    if (interrupted || !text.ends_with("  copying")) continue;
    interrupted = true;
    ::kill(child, SIGINT);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ::close(terminal);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << "as if nothing had been caught";
  EXPECT_EQ(text, "\r\033[K  copying\r\033[K");
}

TEST(ProgressElsewhere, IsALineForEachPhaseAndNowAndThenOneMore) {
  Written written;
  {
    const auto sink = progress_on(written.file(), {.tick = 5ms, .repeat = 50ms, .worth_a_line = 1h});
    sink({.phase = "copying", .total = 10, .unit = "things"});
    EXPECT_EQ(written.text(), "  copying\n");
    sink({.phase = "copying", .done = 5, .total = 10, .unit = "things"});
    EXPECT_TRUE(selftest::eventually([&] { return written.text() == "  copying\n  copying: 5 of 10 things\n"; }));
    sink({.phase = "checking"});
  }
  EXPECT_THAT(written.text(), AllOf(EndsWith("  checking\n"), Not(HasSubstr("\033"))));
}

TEST(ProgressElsewhere, SaysOfALongPhaseThatItIsOver) {
  Written written;
  progress_on(written.file(), {.worth_a_line = 0ms})({.phase = "copying"});
  EXPECT_THAT(written.text(), AllOf(testing::StartsWith("  copying\n  copying: "), EndsWith("ms\n")));
}

}  // namespace
}  // namespace prodclone
