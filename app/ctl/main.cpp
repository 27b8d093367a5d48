// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/program.h"

#include <QCoreApplication>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lifeguardctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));
    return static_cast<int>(lifeguard::ctl::Program().run(QCoreApplication::arguments().mid(1)));
}
