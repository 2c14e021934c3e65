// SPDX-License-Identifier: BSL-1.0
// fuzz_corpus FOLDER: writes the corpora and dictionaries that are made from the model.
// fuzz_corpus --check FOLDER: says whether they are what would be written, and whether the shipped
// corpus alone takes every row of the tables that can be taken.
#include "fuzz/seeds/seeds.hpp"
#include "fuzz/tables/table_run.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace snapproto;
using fuzz::tree;

tree everything() {
    tree made;
    fuzz::add_qga(made);
    fuzz::add_hyperv(made);
    fuzz::add_vmbackup(made);
    fuzz::add_native(made);
    fuzz::add_recordings(made);
    fuzz::add_sessions(made);
    fuzz::add_dialect_sessions(made);
    return made;
}

std::string content_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

int write(const fs::path& folder) {
    for (const auto& [path, content] : everything()) {
        fs::create_directories((folder / path).parent_path());
        std::ofstream{folder / path, std::ios::binary} << content;
    }
    return 0;
}

/// The rows that the shipped inputs do not take.
std::vector<std::string> not_taken(const fs::path& corpus) {
    fuzz::rows_taken taken;
    for (const auto& entry : fs::directory_iterator{corpus}) {
        fuzz::run_tables(content_of(entry.path()), taken);
    }
    return fuzz::rows_missing(taken);
}

int check(const fs::path& folder) {
    int status = 0;
    for (const auto& [path, content] : everything()) {
        if (content_of(folder / path) != content) {
            std::cout << path << " is not what fuzz_corpus writes\n";
            status = 1;
        }
    }
    for (const auto& row : not_taken(folder / "corpus" / "tables")) {
        std::cout << "taken by no shipped input: " << row << "\n";
        status = 1;
    }
    return status;
}

} // namespace

int main(int count, char** words) {
    if (count == 3 && std::string_view{words[1]} == "--check") {
        return check(words[2]);
    }
    if (count != 2 || words[1][0] == '-') {
        std::cerr << "usage: fuzz_corpus [--check] FOLDER\n";
        return 2;
    }
    return write(words[1]);
}
