// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/contractcase.h"

#include "core/config/jobtypes.h"
#include "tests/support/drawings.h"
#include "tests/support/testhelpers.h"

namespace lifeguard::test {
namespace {

QByteArray notebook(const QByteArray &code)
{
    return R"({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3", "display_name": "P",
        "language": "python"}}, "cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {},
        "outputs": [], "source": ")"
         + code + R"("}]})";
}

} // namespace

QString ContractCase::outputName(const QString &stem) const
{
    return stem + u'.' + outputSuffix(*jobType(type), format);
}

QList<ContractCase> contractCases()
{
    const QByteArray diagram = "@startuml\nclass Größe\nclass \"Zug → Tür\" as B\nGröße --> B : fährt\n@enduml\n";
    const QByteArray drawing = drawioFile(drawioPage(drawioBox("Grüße → 東京"), "Seite 1"));
    const QByteArray code = notebook("print('Gr\\u00fc\\u00dfe', 6 * 7)");
    const QByteArray hanging = notebook("import time\\ntime.sleep(3600)");
    const QByteArray crashing = notebook("import os\\nprint('x')\\nos.kill(os.getpid(), 9)");
    QList<ContractCase> all;
    for (const char *format : {"svg", "png"})
        all.append({s("plantuml"), s(format), s(".puml"), diagram, {}, {}, "PATH"});
    for (const char *format : {"svg", "png", "pdf"})
        all.append({s("drawio"), s(format), s(".drawio"), drawing, {}, {}, "LIFEGUARD_CHROMIUM"});
    for (const char *format : {"html", "notebook"})
        all.append({s("notebook"), s(format), s(".ipynb"), code, hanging, crashing, nullptr});
    return all;
}

} // namespace lifeguard::test
