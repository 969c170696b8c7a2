file(READ ${INPUT} content)
file(WRITE ${OUTPUT}
"#pragma once
#include <string_view>
namespace prodclone::sql {
inline constexpr std::string_view ${NAME} = R\"prodclone_sql(${content})prodclone_sql\";
}
")
