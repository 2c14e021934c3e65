// SPDX-License-Identifier: BSL-1.0
// The manifests for clusters say what their cluster and our program understand. (That of Slurm is
// run by a real one: scripts/test.sh slurm.)
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

std::string read(const std::string& name) {
    std::ifstream in{snapproto::tests::source_path("simulator/cluster/") + name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// What the expression captures, everywhere.
std::vector<std::string> captured(const std::string& text, const std::string& expression) {
    const std::regex wanted{expression};
    std::vector<std::string> found;
    for (std::sregex_iterator at{text.begin(), text.end(), wanted}, end; at != end; ++at) {
        found.push_back((*at)[1]);
    }
    return found;
}

std::string only(const std::string& text, const std::string& expression) {
    const auto found = captured(text, expression);
    BOOST_TEST_REQUIRE(found.size() == 1U, expression);
    return found.front();
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_cluster)

BOOST_AUTO_TEST_CASE(the_job_of_kubernetes_is_indexed_and_each_pod_is_one_shard) {
    const auto text = read("campaign-job.yaml");
    BOOST_TEST(only(text, "\napiVersion: (.*)\n") == "batch/v1");
    BOOST_TEST(only(text, "\nkind: (.*)\n") == "Job");
    BOOST_TEST(only(text, "completionMode: (.*)\n") == "Indexed");
    const auto shards = only(text, "completions: ([0-9]+)\n");
    BOOST_TEST(only(text, R"(--shard "\$JOB_COMPLETION_INDEX/([0-9]+)\")") == shards);
    BOOST_TEST(std::stoul(only(text, "parallelism: ([0-9]+)\n")) <= std::stoul(shards));
    // A Job restarts its pods by itself; "Always" is refused.
    const auto policy = only(text, "restartPolicy: (.*)\n");
    BOOST_TEST((policy == "Never" || policy == "OnFailure"));
}

BOOST_AUTO_TEST_CASE(its_names_are_labels_of_dns_and_its_volumes_are_there) {
    const auto text = read("campaign-job.yaml");
    const std::regex label{"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"};
    const auto names = captured(text, "name: (.*)\n");
    BOOST_TEST(names.size() >= 4U);
    for (const auto& one : names) {
        BOOST_TEST(std::regex_match(one, label), one);
    }
    const auto folder = only(text, "mountPath: (.*)\n");
    BOOST_TEST(only(text, "--out ([^ \n]+)") == folder);
    BOOST_TEST(text.find('\t') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_array_of_slurm_gives_each_task_its_shard) {
    const auto text = read("campaign.sbatch");
    BOOST_TEST(text.starts_with("#!/bin/bash\n"));
    const auto program = text.find("\nset -eu\n");
    BOOST_TEST_REQUIRE(program != std::string::npos);
    BOOST_TEST(text.rfind("#SBATCH") < program); // later ones are not read
    BOOST_TEST(text.find("SLURM_ARRAY_TASK_ID - first") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
