// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/jobtypebox.h"

#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"
#include "ui/format.h"
#include "ui/theme/stateshapes.h"

#include <QSignalBlocker>
#include <QtConcurrent>

namespace lifeguard {

JobTypeBox::JobTypeBox(const QStringList &types, QWidget *parent)
    : QComboBox(parent)
{
    setEditable(true);
    addItems(types);
    setMinimumContentsLength(10);
    for (int item = 0; item < count(); ++item) {
        if (jobType(itemText(item))) {
            checkConverter(item);
        }
    }
}

void JobTypeBox::checkConverter(int item)
{
    whenFinished(QtConcurrent::run([type = itemText(item)] { return missingTools(type); }), this,
                 [this, item](const QString &missing) { showConverter(item, missing); });
}

void JobTypeBox::showConverter(int item, const QString &missingTools)
{
    const bool isInstalled = missingTools.isEmpty();
    const QSignalBlocker blocker(model()); // otherwise the box replaces the text that the user has typed
    setItemIcon(item, theme::shapePixmap(isInstalled ? theme::Shape::Check : theme::Shape::Triangle,
                                         isInstalled ? theme::Hue::Good : theme::Hue::Warning, palette().color(QPalette::Base),
                                         theme::shapeSize, devicePixelRatio()));
    setItemData(item, isInstalled ? tr("The converter is installed.") : format::sentence(missingTools), Qt::ToolTipRole);
}

} // namespace lifeguard
