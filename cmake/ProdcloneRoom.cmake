# prodclone_room(<name> SOURCES <file>… [USES <room>…] [LIBRARIES <target>…] [SQL <file>…])
#
# Declares one room of the house: target prodclone_<name>, alias prodclone::<name>.
# USES names the rooms it includes; LIBRARIES are third-party and stay private to the room.
# SQL files are embedded as <room>/sql/<stem>.hpp, each one string constant.
function(prodclone_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;LIBRARIES;SQL")
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "prodclone_room(${name}): unknown arguments: ${room_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT room_SOURCES)
    message(FATAL_ERROR "prodclone_room(${name}): SOURCES is missing")
  endif()
  add_library(prodclone_${name} STATIC ${room_SOURCES})
  add_library(prodclone::${name} ALIAS prodclone_${name})
  target_include_directories(prodclone_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/harness/include> $<INSTALL_INTERFACE:include>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  list(TRANSFORM room_USES PREPEND prodclone::)
  target_link_libraries(prodclone_${name}
    PUBLIC ${room_USES}
    PRIVATE ${room_LIBRARIES} $<BUILD_INTERFACE:prodclone_warnings>)
  target_compile_features(prodclone_${name} PUBLIC cxx_std_20)
  if(room_SQL)
    prodclone_embed_sql(prodclone_${name} ${room_SQL})
  endif()
  prodclone_install_library(prodclone_${name} ${name})
  set_property(GLOBAL APPEND PROPERTY prodclone_libraries ${room_LIBRARIES})
endfunction()
