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

// For a value's place in a URL.
std::string percent_encoded(const std::string& text);

// A TCP port on 127.0.0.1 that nobody listens on now. Throws Error(could_not_check) when there is none.
int free_port();

}  // namespace prodclone::application
