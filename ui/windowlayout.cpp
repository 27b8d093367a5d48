// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/windowlayout.h"

#include "ui/views/jobspage.h"
#include "ui/views/livetable.h"

#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>

namespace lifeguard {

namespace {

constexpr QLatin1String geometryKey("window/geometry");
constexpr QLatin1String sideKey("window/side");
constexpr QLatin1String mainKey("window/main");
constexpr QLatin1String pageKey("window/page");

} // namespace

void WindowLayout::save() const
{
    QSettings settings;
    settings.setValue(geometryKey, window->saveGeometry());
    settings.setValue(sideKey, side->saveState());
    settings.setValue(mainKey, main->saveState());
    settings.setValue(pageKey, tabs->currentIndex());
    const QList<LiveTable *> tables = window->findChildren<LiveTable *>();
    for (const LiveTable *table : tables) {
        table->saveColumns();
    }
    jobs->saveOrder();
}

void WindowLayout::restore() const
{
    const QSettings settings;
    if (!window->restoreGeometry(settings.value(geometryKey).toByteArray())) {
        // The window and its frame must fit on a small screen.
        window->resize(QSize(1280, 800).boundedTo(window->screen()->availableSize() - QSize(16, 48)));
    }
    side->restoreState(settings.value(sideKey).toByteArray());
    main->restoreState(settings.value(mainKey).toByteArray());
    tabs->setCurrentIndex(settings.value(pageKey, 0).toInt());
    const QList<LiveTable *> tables = window->findChildren<LiveTable *>();
    for (LiveTable *table : tables) {
        table->restoreColumns();
    }
    jobs->restoreOrder();
}

} // namespace lifeguard
