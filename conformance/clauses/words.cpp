// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/words.hpp"

#include <algorithm>
#include <stdexcept>

namespace snapproto::conformance {

const std::vector<check_words>& every_check_words() {
    static const std::vector<check_words> all = [] {
        std::vector<check_words> made;
        for (const auto group : {clauses::qga_20_words(),
                                 clauses::qga_21_words(),
                                 clauses::qga_22_words(),
                                 clauses::qga_23_words(),
                                 clauses::qga_24_words(),
                                 clauses::qga_25_words(),
                                 clauses::qga_26_words(),
                                 clauses::qga_27_words(),
                                 clauses::qga_28_words(),
                                 clauses::qga_29_words(),
                                 clauses::orchestrator_words(),
                                 clauses::hyperv_orchestrator_words(),
                                 clauses::native_orchestrator_words(),
                                 clauses::vmbackup_orchestrator_words(),
                                 clauses::hyperv_33_words(),
                                 clauses::hyperv_36_words(),
                                 clauses::vmbackup_40_words(),
                                 clauses::vmbackup_45_words(),
                                 clauses::vmbackup_46_words(),
                                 clauses::native_abstract_1_words(),
                                 clauses::native_abstract_2_words(),
                                 clauses::native_abstract_3_words(),
                                 clauses::native_60_words(),
                                 clauses::native_61_words(),
                                 clauses::native_62_words()}) {
            made.insert(made.end(), group.begin(), group.end());
        }
        return made;
    }();
    return all;
}

const check_words* find_words(std::string_view id) {
    const auto& all = every_check_words();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& words) { return words.id == id; });
    return found == all.end() ? nullptr : &*found;
}

const check_words& words_of(const check& one) {
    const check_words* const found = find_words(one.id());
    if (found == nullptr) {
        throw std::logic_error("no words for check " + one.id());
    }
    return *found;
}

} // namespace snapproto::conformance
