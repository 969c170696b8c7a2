# prodclone_embed_sql(<target> <file.sql>…)
#
# Each file becomes <sql/<stem>.hpp>: inline constexpr std::string_view prodclone::sql::<stem>.
function(prodclone_embed_sql target)
  set(out_dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  foreach(file IN LISTS ARGN)
    get_filename_component(stem ${file} NAME_WE)
    set(input ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set(output ${out_dir}/sql/${stem}.hpp)
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DNAME=${stem}
              -P ${PROJECT_SOURCE_DIR}/cmake/EmbedSql.cmake
      DEPENDS ${input} ${PROJECT_SOURCE_DIR}/cmake/EmbedSql.cmake
      VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endforeach()
  target_include_directories(${target} PRIVATE ${out_dir})
endfunction()
