# Writes OUTPUT, a header with the text of `crrsim --version`, and leaves it alone when the text has not changed.
# A checkout without git, or one that git refuses to read, has the version number only.
execute_process(
  COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=10
  OUTPUT_VARIABLE revision ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
set(text "${VERSION}")
if(result EQUAL 0)
  string(APPEND text " (${revision})")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define CRRSIM_VERSION_TEXT \"${text}\"\n")
