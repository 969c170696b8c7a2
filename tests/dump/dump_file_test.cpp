#include <prodclone/dump/dump_file.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>

#include "scratch.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::HasSubstr;

constexpr std::string_view plain_head =
    "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)\n"
    "-- Dumped by pg_dump version 17.2\n\n-- Started on 2026-04-24 10:00:00 UTC\n\nSET statement_timeout = 0;\n";
constexpr std::string_view plain_foot = "\n-- Completed on 2026-04-24 10:00:01 UTC\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n";

std::string plain() { return std::string(plain_head) + "CREATE TABLE t (i int);\n" + std::string(plain_foot); }

// As pg_dump 15 writes it, with 4-byte integers.
std::string archive(std::string_view server = "15.20", std::string_view database = "orcha", int entries = 7) {
  std::string bytes = "PGDMP";
  bytes += std::string_view("\1\16\0\4\10\1", 6);
  const auto integer = [&](int value) {
    bytes += value < 0 ? '\1' : '\0';
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>((std::abs(value) >> (8 * i)) & 0xFF);
  };
  const auto string = [&](std::string_view text) {
    integer(static_cast<int>(text.size()));
    bytes += text;
  };
  integer(-1);
  for (const int part : {0, 0, 12, 24, 3, 126, 0}) integer(part);
  string(database);
  string(server);
  string("15.20 (Debian)");
  integer(entries);
  return bytes + std::string(100, '\0');
}

std::string tar_of(std::string_view name, std::string_view content) {
  std::string block(512, '\0');
  block.replace(0, name.size(), name);
  block.replace(257, 5, "ustar");
  return block + std::string(content) + std::string(1024, '\0');
}

class Recognise : public testing::Test {
 protected:
  DumpFile of(std::string_view content) { return recognise(write(folder / "any-name.txt", content)); }
  std::string refusal(std::string_view content) { return refusal_at(write(folder / "any-name.txt", content)); }
  std::string refusal_at(const std::filesystem::path& path) {
    try {
      recognise(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_THAT(error.what_failed(), HasSubstr(path.filename().string()));
      EXPECT_NE(error.remedy(), "");
      return error.what();
    }
    return "";
  }
  ScratchFolder folder;
};

TEST_F(Recognise, ReadsACustomHeader) {
  const auto dump = of(archive());
  EXPECT_EQ(dump.format, DumpFormat::custom);
  EXPECT_EQ(dump.server_version, "15.20");
  EXPECT_EQ(dump.pg_dump_version, "15.20 (Debian)");
  EXPECT_EQ(dump.database, "orcha");
  EXPECT_EQ(dump.toc_entries, 7U);
  ASSERT_TRUE(dump.taken_at);
  const auto time = std::chrono::system_clock::to_time_t(*dump.taken_at);
  EXPECT_EQ(std::localtime(&time)->tm_mday, 24);
}

TEST_F(Recognise, ReadsATarsTableOfContents) {
  const auto dump = of(tar_of("toc.dat", archive()));
  EXPECT_EQ(dump.format, DumpFormat::tar);
  EXPECT_EQ(dump.database, "orcha");
}

TEST_F(Recognise, ReadsADirectoryAndItsTocAlike) {
  std::filesystem::create_directory(folder / "prod");
  const auto toc = write(folder / "prod" / "toc.dat", archive());
  EXPECT_EQ(recognise(folder / "prod").format, DumpFormat::directory);
  EXPECT_EQ(recognise(toc), recognise(folder / "prod"));
}

TEST_F(Recognise, ReadsPlainSqlsComments) {
  const auto dump = of(plain());
  EXPECT_EQ(dump.format, DumpFormat::plain);
  EXPECT_EQ(dump.server_version, "15.20 (Debian 15.20-0+deb12u1)");
  EXPECT_EQ(dump.pg_dump_version, "17.2");
  ASSERT_TRUE(dump.taken_at);
  EXPECT_EQ(iso8601(*dump.taken_at), "2026-04-24T10:00:00Z");
  EXPECT_FALSE(dump.whole_cluster);
}

TEST_F(Recognise, ReadsGzippedSql) {
  const auto dump = of(gzipped(plain()));
  EXPECT_EQ(dump.format, DumpFormat::gzip);
  EXPECT_EQ(dump.pg_dump_version, "17.2");
}

TEST_F(Recognise, TellsAClusterDump) {
  EXPECT_TRUE(of("--\n-- PostgreSQL database cluster dump\n--\n\nSET x = 1;\n--\n-- PostgreSQL database cluster dump complete\n--\n").whole_cluster);
}

TEST_F(Recognise, AcceptsHandWrittenSql) {
  EXPECT_EQ(of("\xEF\xBB\xBF create table t (i int);\r\n").format, DumpFormat::plain);
  EXPECT_EQ(of("/* all */ BEGIN;\n").format, DumpFormat::plain);
}

TEST_F(Recognise, NamesWhatIsNoDump) {
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("PGD"), HasSubstr("cut off"));
  EXPECT_THAT(refusal(archive().substr(0, 60)), HasSubstr("cut off"));
  EXPECT_THAT(refusal(std::string(plain_head)), HasSubstr("cut off"));
  EXPECT_THAT(refusal("Dear all, the dump is on the share.\n"), HasSubstr("no PostgreSQL dump"));
  EXPECT_THAT(refusal(std::string("SELECT \0\1\2", 10)), HasSubstr("no PostgreSQL dump"));
  EXPECT_THAT(refusal("-- MySQL dump 10.13\n"), HasSubstr("MySQL"));
  EXPECT_THAT(refusal("<?xml version=\"1.0\"?><Error><Code>AccessDenied"), HasSubstr("XML"));
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs pull"));
  EXPECT_THAT(refusal("\x28\xB5\x2F\xFD..."), HasSubstr("zstd -d"));
  EXPECT_THAT(refusal("\xFF\xFE-\0-\0"), HasSubstr("PowerShell"));
  EXPECT_THAT(refusal(tar_of("prod/toc.dat", archive())), HasSubstr("unpack it"));
  EXPECT_THAT(refusal(gzipped(archive())), HasSubstr("gunzip"));
  EXPECT_THAT(refusal(gzipped(tar_of("toc.dat", archive()))), HasSubstr("gunzip"));
  EXPECT_THAT(refusal(gzipped("no SQL here")), HasSubstr("no SQL"));
  EXPECT_THAT(refusal(gzipped(plain()).substr(0, 20)), HasSubstr("decompressed"));
}

TEST_F(Recognise, NamesWhatIsNotThere) {
  EXPECT_THAT(refusal_at(folder / "missing.dump"), HasSubstr("does not exist"));
  std::filesystem::create_directory(folder / "empty");
  EXPECT_THAT(refusal_at(folder / "empty"), HasSubstr("toc.dat"));
  EXPECT_THAT(refusal_at("/dev/null"), HasSubstr("neither"));
}

TEST(MajorOf, ReadsTheFirstNumber) {
  EXPECT_EQ(major_of("15.20 (Debian)"), 15);
  EXPECT_EQ(major_of("9.6.24"), 9);
  EXPECT_EQ(major_of("18beta1"), 18);
  EXPECT_EQ(major_of("unknown"), std::nullopt);
  EXPECT_EQ(major_of(""), std::nullopt);
}

}  // namespace
}  // namespace prodclone::dump
