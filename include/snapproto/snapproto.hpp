// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SNAPPROTO_HPP
#define SNAPPROTO_SNAPPROTO_HPP

// The cheap part of the library in one include: core, messages, codec, trace.
//
// Dialects, machines, monitors and endpoints are included by name: the machines compile for
// seconds, and nobody should pay for what they do not use.

#include <snapproto/version.hpp>

#include <snapproto/core/bytes.hpp>
#include <snapproto/core/clause.hpp>
#include <snapproto/core/config.hpp>
#include <snapproto/core/error.hpp>
#include <snapproto/core/ids.hpp>
#include <snapproto/core/limits.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/core/time.hpp>

#include <snapproto/message/any_message.hpp>

#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/json_parser.hpp>
#include <snapproto/codec/json_stream.hpp>
#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/line_splitter.hpp>
#include <snapproto/codec/sink.hpp>

#include <snapproto/trace/jsonl.hpp>
#include <snapproto/trace/of_message.hpp>
#include <snapproto/trace/record.hpp>

#endif // SNAPPROTO_SNAPPROTO_HPP
