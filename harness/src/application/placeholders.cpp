#include <prodclone/application/placeholders.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <string_view>

#include <prodclone/base/error.hpp>

namespace prodclone::application {

std::string filled(const std::string& text, const Placeholders& values) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = text.find('{', at);
    const auto close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) break;
    const auto found = values.find(text.substr(open + 1, close - open - 1));
    if (found == values.end()) {
      result += text.substr(at, open + 1 - at);
      at = open + 1;
      continue;
    }
    result += text.substr(at, open - at) + found->second;
    at = close + 1;
  }
  return result + text.substr(at);
}

std::vector<std::string> filled(std::vector<std::string> texts, const Placeholders& values) {
  for (auto& text : texts) text = filled(text, values);
  return texts;
}

std::map<std::string, std::string> filled(std::map<std::string, std::string> texts, const Placeholders& values) {
  for (auto& [name, text] : texts) text = filled(text, values);
  return texts;
}

http::Headers filled(http::Headers texts, const Placeholders& values) {
  for (auto& [name, text] : texts) text = filled(text, values);
  return texts;
}

std::vector<std::string> mentioned(const std::string& text, const std::vector<std::string>& wanted) {
  std::vector<std::string> found;
  for (const auto& name : wanted)
    if (text.find('{' + name + '}') != std::string::npos) found.push_back(name);
  return found;
}

std::string percent_encoded(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos) result += c;
    else result += fmt::format("%{:02X}", byte);
  }
  return result;
}

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = descriptor >= 0 && ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!bound) throw Error(Failure::could_not_check, "There is no free TCP port on 127.0.0.1.");
  return ntohs(address.sin_port);
}

}  // namespace prodclone::application
