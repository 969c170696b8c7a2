# Without `inline`: two rooms may have a file of the same name, and each must get its own.
file(READ ${INPUT} content)
file(WRITE ${OUTPUT}
"#pragma once
#include <string_view>
namespace prodclone::sql {
constexpr std::string_view ${NAME} = R\"prodclone_sql(${content})prodclone_sql\";
}
")
