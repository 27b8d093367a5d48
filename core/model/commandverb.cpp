// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/commandverb.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeguard {
namespace {

constexpr std::array<std::pair<CommandVerb, const char *>, 10> verbNames{{{CommandVerb::Start, "start"},
                                                                          {CommandVerb::Stop, "stop"},
                                                                          {CommandVerb::Kill, "kill"},
                                                                          {CommandVerb::Restart, "restart"},
                                                                          {CommandVerb::Drain, "drain"},
                                                                          {CommandVerb::Pause, "pause"},
                                                                          {CommandVerb::Resume, "resume"},
                                                                          {CommandVerb::Scale, "scale"},
                                                                          {CommandVerb::Recycle, "recycle"},
                                                                          {CommandVerb::Remove, "remove"}}};

} // namespace

QString toString(CommandVerb verb)
{
    const auto *found = std::find_if(verbNames.cbegin(), verbNames.cend(),
                                     [verb](const auto &entry) { return entry.first == verb; });
    return found == verbNames.cend() ? QString() : QString::fromLatin1(found->second);
}

QList<CommandVerb> allCommandVerbs()
{
    QList<CommandVerb> verbs;
    for (const auto &[verb, name] : verbNames)
        verbs.append(verb);
    return verbs;
}

std::optional<CommandVerb> commandVerbFromString(const QString &name)
{
    const auto *found = std::find_if(verbNames.cbegin(), verbNames.cend(),
                                     [&name](const auto &entry) { return name == QLatin1String(entry.second); });
    return found == verbNames.cend() ? std::nullopt : std::optional(found->first);
}

} // namespace lifeguard
