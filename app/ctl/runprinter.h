// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QJsonObject>
#include <QString>

namespace lifeguard::ctl {

/// Prints what happens while pools run: a line each (time, what, why), or with JSON one array that grows by an object a
/// line and is closed at the end.
class RunPrinter
{
public:
    explicit RunPrinter(bool json);
    ~RunPrinter();
    Q_DISABLE_COPY_MOVE(RunPrinter)

    /// kind is for programs ("worker_busy"), what and why are for people; fields are added to the JSON object.
    void print(const QString &kind, const QString &what, const QString &why, const QJsonObject &fields = {});

private:
    const bool m_json;
    bool m_first = true;
};

} // namespace lifeguard::ctl
