#include "harness/scenario/latency_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "harness/scenario/documents.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

struct Cell {
  std::string text;
  Place place;
};

std::vector<Cell> CellsOf(const std::string& line, const std::string& file, std::int64_t number) {
  std::vector<Cell> cells(1, Cell{{}, {file, number, 1}});
  std::int64_t column = 1;
  for (const char c : line) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) {  // goes on with the character before
      cells.back().text += c;
      continue;
    }
    if (c == ',') cells.push_back({{}, {file, number, column + 1}});
    const bool leading = (c == ' ' || c == '\t') && cells.back().text.empty();
    if (leading) cells.back().place.column = column + 1;
    if (c != ',' && c != '\r' && !leading) cells.back().text += c;
    ++column;
  }
  for (auto& cell : cells) {
    while (!cell.text.empty() && (cell.text.back() == ' ' || cell.text.back() == '\t')) cell.text.pop_back();
  }
  return cells;
}

std::optional<RegionName> RegionOf(LoadContext& context, const Cell& cell) {
  const auto region = RegionName::Parse(cell.text);
  if (region) return *region;
  context.Refuse(cell.place, region.error().message);
  return std::nullopt;
}

/// The regions of the first row; empty for one that is refused.
std::vector<std::optional<RegionName>> HeadOf(LoadContext& context, const std::vector<Cell>& cells) {
  std::vector<std::optional<RegionName>> head;
  for (std::size_t i = 1; i < cells.size(); ++i) {
    head.push_back(RegionOf(context, cells[i]));
    if (head.back() && std::find(head.begin(), head.end() - 1, head.back()) != head.end() - 1)
      context.Refuse(cells[i].place, fmt::format("column {} is there twice", cells[i].text));
  }
  return head;
}

void ReadRow(LoadContext& context, const std::vector<Cell>& cells, const std::vector<std::optional<RegionName>>& head,
             LatencyTable& table) {
  const auto from = RegionOf(context, cells.front());
  if (cells.size() != head.size() + 1) {
    return context.Refuse(cells.front().place, fmt::format("this row has {} values, the first row names {} regions",
                                                           cells.size() - 1, head.size()));
  }
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto& cell = cells[i + 1];
    if (cell.text.empty() || cell.text == "-") continue;
    const auto latency = ParseDuration(cell.text);
    if (!latency) {
      context.Refuse(cell.place, latency.error().message);
    } else if (from && head[i] && !table.emplace(std::pair(*from, *head[i]), *latency).second) {
      context.Refuse(cell.place, fmt::format("the row of {} is there twice", from->text()));
    }
  }
}

}  // namespace

LatencyTable LoadLatencyTable(LoadContext& context, const Place& place, const std::string& name) {
  const auto path = (std::filesystem::path(context.path).parent_path() / name).string();
  const auto text = ReadNamedFile(context, name, path);
  LatencyTable table;
  if (!text) {
    context.Refuse(place, fmt::format("the file {} cannot be read", path));
    return table;
  }
  std::istringstream lines(*text);
  std::string line;
  std::optional<std::vector<std::optional<RegionName>>> head;
  for (std::int64_t number = 1; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos || line.front() == '#') continue;
    const auto cells = CellsOf(line, path, number);
    if (head) {
      ReadRow(context, cells, *head, table);
    } else {
      head = HeadOf(context, cells);
      if (head->empty()) context.Refuse(cells.front().place, "the first row names no regions");
    }
  }
  if (!head) context.Refuse({path, 1, 1}, "the table is empty");
  return table;
}

}  // namespace crrsim
