#include <prodclone/application/placeholders.hpp>

#include <string_view>

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

}  // namespace prodclone::application
