#!/bin/bash -eu
# SPDX-License-Identifier: BSL-1.0
# ClusterFuzzLite looks for the files of OSS-Fuzz in this folder.
exec "$SRC/snapproto/fuzz/oss-fuzz/build.sh"
