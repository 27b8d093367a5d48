// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/program.h"
#include "core/base/englishplurals.h"

#include <QCoreApplication>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    lifeguard::EnglishPluralTranslator englishPlurals;
    QCoreApplication::installTranslator(&englishPlurals);
    QCoreApplication::setApplicationName(QStringLiteral("lifeguardctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));
    return static_cast<int>(lifeguard::ctl::Program().run(QCoreApplication::arguments().mid(1)));
}
