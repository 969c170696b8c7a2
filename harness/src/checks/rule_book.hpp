// The parts of the rule book, one file for each way of measuring.
#pragma once

#include <prodclone/checks/rule_book.hpp>

namespace prodclone::checks {

void add_lock_hazards(std::vector<Hazard>& book);     // what holds and asks for locks
void add_work_hazards(std::vector<Hazard>& book);     // what is done under them
void add_traffic_hazards(std::vector<Hazard>& book);  // what others feel meanwhile
void add_standoff_hazards(std::vector<Hazard>& book); // what happens with somebody in the way
void add_catalog_hazards(std::vector<Hazard>& book);  // what is seen afterwards

// A script that is patient for as long as the house rules say.
HazardScript together(std::vector<std::string> statements);
HazardScript apart(std::vector<std::string> statements);

}  // namespace prodclone::checks
