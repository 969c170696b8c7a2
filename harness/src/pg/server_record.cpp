#include <prodclone/pg/server_record.hpp>

#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>

namespace prodclone::pg {

namespace {
constexpr auto kind = "prodclone/server/1";
}

ConnInfo ServerRecord::conninfo() const {
  return {.host = socket_folder.string(), .port = port, .user = user, .database = "postgres"};
}

std::optional<ConnInfo> ServerRecord::tcp() const {
  if (listen != Listen::loopback) return std::nullopt;
  return ConnInfo{.host = "127.0.0.1", .port = port, .user = user, .database = "postgres", .password = password};
}

std::string to_json(const ServerRecord& record) {
  const nlohmann::ordered_json json{{"schema", kind},
                                    {"postmaster", process::to_string(record.postmaster)},
                                    {"major", record.major},
                                    {"version", record.version},
                                    {"bindir", record.bindir.string()},
                                    {"data", record.data.string()},
                                    {"socket_folder", record.socket_folder.string()},
                                    {"log", record.log.string()},
                                    {"port", record.port},
                                    {"loopback", record.listen == Listen::loopback},
                                    {"locale", record.locale},
                                    {"user", record.user},
                                    {"password", record.password.reveal()},
                                    {"account", record.account},
                                    {"started_at", iso8601(record.started_at)},
                                    {"started_by", record.started_by}};
  return json.dump(2) + '\n';
}

ServerRecord server_record_from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("schema") != kind) throw Error(Failure::could_not_check, "It is of another kind or version.");
    const auto postmaster = process::parse_identity(json.at("postmaster"));
    if (!postmaster) throw Error(Failure::could_not_check, "Its postmaster is not a process.");
    const auto text_at = [&](const char* key) { return json.at(key).get<std::string>(); };
    return {.postmaster = *postmaster,
            .major = json.at("major"),
            .version = text_at("version"),
            .bindir = text_at("bindir"),
            .data = text_at("data"),
            .socket_folder = text_at("socket_folder"),
            .log = text_at("log"),
            .port = json.at("port"),
            .listen = json.at("loopback").get<bool>() ? Listen::loopback : Listen::socket_only,
            .locale = text_at("locale"),
            .user = text_at("user"),
            .password = Secret(text_at("password")),
            .account = text_at("account"),
            .started_at = parse_iso8601(text_at("started_at")),
            .started_by = text_at("started_by")};
  } catch (const nlohmann::json::exception&) {
    // The library's message may quote the text, which holds a password.
    throw Error(Failure::could_not_check, "It is no server record.");
  }
}

}  // namespace prodclone::pg
