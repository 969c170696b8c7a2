#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <prodclone/application/placeholders.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/http/client.hpp>
#include <prodclone/process/background.hpp>
#include <prodclone/process/free_port.hpp>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Client : public testing::Test {
 protected:
  void SetUp() override {
    const auto ready = [&] {
      try {
        return send({.url = url("/health")}).status == 200;
      } catch (const TransferError&) {
        return false;
      }
    };
    ASSERT_TRUE(selftest::eventually(ready)) << read_file(folder_ / "log");
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  nlohmann::json echoed(Request request) const {
    request.url = url("/echo");
    return nlohmann::json::parse(send(request).body);
  }
  TransferFailure failure_of(const Request& request) const {
    try {
      send(request);
    } catch (const TransferError& error) {
      message_ = error.what();
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return TransferFailure::other;
  }

  selftest::TemporaryFolder folder_;
  int port_ = process::free_port();
  process::Background probe_{{.arguments = {WEB_PROBE, std::to_string(port_)}}, folder_ / "log", folder_.path().string()};
  mutable std::string message_;
};

TEST_F(Client, SendsMethodHeadersAndBodyAndNothingOfItsOwn) {
  const auto seen = echoed({.method = "POST", .headers = {{"X-Plain", "a"}, {"Content-Type", "text/x"}}, .secret_headers = {{"Authorization", Secret("key")}}, .body = "b\n"});
  EXPECT_EQ(seen["method"], "POST");
  EXPECT_EQ(seen["body"], "b\n");
  EXPECT_EQ(seen["headers"]["X-Plain"], "a");
  EXPECT_EQ(seen["headers"]["Content-Type"], "text/x");
  EXPECT_EQ(seen["headers"]["Authorization"], "key");
  EXPECT_FALSE(seen["headers"].contains("Expect"));
  EXPECT_EQ(echoed({.method = "PUT", .body = "p"})["method"], "PUT");
  EXPECT_EQ(echoed({.method = "DELETE"})["method"], "DELETE");
  EXPECT_EQ(echoed({.method = "POST"})["body"], "");
}

TEST_F(Client, SendsFilesAndFieldsAsAForm) {
  write_file_atomically(folder_ / "a.txt", "content");
  const auto seen = echoed({.method = "POST", .parts = {{.name = "kind", .text = "invoice"}, {.name = "file", .file = folder_ / "a.txt"}}});
  EXPECT_EQ(seen["parts"]["kind"]["content"], "invoice");
  EXPECT_EQ(seen["parts"]["file"]["content"], "content");
  EXPECT_EQ(seen["parts"]["file"]["filename"], "a.txt");
  EXPECT_EQ(failure_of({.method = "POST", .url = url("/echo"), .parts = {{.name = "file", .file = folder_ / "none"}}}), TransferFailure::file_unreadable);
}

TEST_F(Client, AnyStatusIsAnAnswer) {
  const auto response = send({.url = url("/nowhere")});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(send({.url = url("/echo")}).header("x-twice"), "padded");
  EXPECT_EQ(response.header("x-twice"), std::nullopt);
}

TEST_F(Client, RedirectsAreReportedUnlessFollowed) {
  const auto reported = send({.url = url("/moved")});
  EXPECT_EQ(reported.status, 302);
  EXPECT_EQ(reported.header("Location"), "/echo");
  const auto followed = send({.url = url("/moved"), .redirects = Redirects::follow});
  EXPECT_EQ(followed.status, 200);
  EXPECT_EQ(followed.url, url("/echo"));
}

TEST_F(Client, NoAnswerIsAnErrorThatSaysWhy) {
  EXPECT_EQ(failure_of({.url = "http://127.0.0.1:" + std::to_string(process::free_port()) + "/a?token=secret"}), TransferFailure::not_connected);
  EXPECT_THAT(message_, HasSubstr("/a?…"));
  EXPECT_THAT(message_, Not(HasSubstr("secret")));
  EXPECT_EQ(failure_of({.url = url("/slow"), .timeout = 200ms}), TransferFailure::timed_out);
  EXPECT_EQ(failure_of({.url = url("/big"), .limit = 1000}), TransferFailure::too_large);
  EXPECT_EQ(failure_of({.url = "http://name.invalid/"}), TransferFailure::not_resolved);
  EXPECT_EQ(failure_of({.url = "ftp://127.0.0.1/"}), TransferFailure::invalid_url);
  EXPECT_EQ(failure_of({.url = "127.0.0.1:a b"}), TransferFailure::invalid_url);
  EXPECT_EQ(failure_of({.url = url("/echo"), .headers = {{"X", "a\r\nY: b"}}}), TransferFailure::other);
}

TEST(Urls, AreShownWithoutWhatMayBeSecret) {
  EXPECT_EQ(shown_url("https://user:pw@host:1/a/b?x=1#f"), "https://host:1/a/b?…");
  EXPECT_EQ(shown_url("http://host/a@b"), "http://host/a@b");
}

TEST(Urls, AreResolvedAsABrowserWould) {
  EXPECT_EQ(resolved_url("http://h:1/a/b?x=1", "?page=2"), "http://h:1/a/b?page=2");
  EXPECT_EQ(resolved_url("http://h:1/a/b?x=1", "/c"), "http://h:1/c");
  EXPECT_EQ(resolved_url("http://h:1/a/b", "c"), "http://h:1/a/c");
  EXPECT_EQ(resolved_url("http://h:1/a/b", "https://i/d"), "https://i/d");
}

}  // namespace
}  // namespace prodclone::http
