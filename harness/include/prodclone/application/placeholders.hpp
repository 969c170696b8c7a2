// {name} in configured texts, replaced by what only this run knows.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <prodclone/http/request.hpp>

namespace prodclone::application {

using Placeholders = std::map<std::string, std::string>;

// What is in braces and not among the names stays: bodies hold braces of their own. Values are not looked at again.
std::string filled(const std::string& text, const Placeholders& values);
std::vector<std::string> filled(std::vector<std::string> texts, const Placeholders& values);
std::map<std::string, std::string> filled(std::map<std::string, std::string> texts, const Placeholders& values);
http::Headers filled(http::Headers texts, const Placeholders& values);

// The names of `wanted` that the text mentions.
std::vector<std::string> mentioned(const std::string& text, const std::vector<std::string>& wanted);

}  // namespace prodclone::application
