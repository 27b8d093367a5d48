// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/drawings.h"

QByteArray drawioBox(const QByteArray &label)
{
    return "<mxGraphModel page=\"1\" pageWidth=\"827\" pageHeight=\"1169\"><root><mxCell id=\"0\"/><mxCell id=\"1\" "
           "parent=\"0\"/>"
           "<mxCell id=\"2\" value=\""
         + label
         + "\" style=\"html=1;whiteSpace=wrap;fillColor=#ff0000;strokeColor=#000000;fontSize=20;\" "
           "vertex=\"1\" parent=\"1\"><mxGeometry x=\"300\" y=\"400\" width=\"200\" height=\"80\" "
           "as=\"geometry\"/></mxCell>"
           "</root></mxGraphModel>";
}

QByteArray drawioPage(const QByteArray &model, const QByteArray &name)
{
    return "<diagram id=\"" + name + "\" name=\"" + name + "\">" + model + "</diagram>";
}

QByteArray drawioFile(const QByteArray &pages)
{
    return "<mxfile host=\"test\">" + pages + "</mxfile>\n";
}

QByteArray drawioCompressedPage()
{
    return "<diagram id=\"c\" name=\"Compressed\">"
           "jVHBDsIgDP0a7gw8eHZTT572BcR1QmQyWXWbX28dndODiSQkfe/"
           "1ldIKnTfDPprWHkIFXuit0HkMAVPUDDl4L5R0ldCFUErSFWr3Q80mVbYmwg"
           "X/MahkuBt/g8SU1xvAA6okdDh6Fiw21F6RCb3prUMoW3N8ST01T1ztvM+DD3HK1nUt6RDfYQxn+FCkZIWfhogw/Gx/"
           "orj3PYQGMI6UwgYqlixj"
           "wqsZ965Cy1+cOQvuZLnsmjnTJXx6l16GRQHPa4bLXibta21P"
           "</diagram>";
}

QByteArray drawioEmptyModel()
{
    return "<mxGraphModel><root><mxCell id=\"0\"/><mxCell id=\"1\" parent=\"0\"/></root></mxGraphModel>";
}

QByteArray drawioFileWith(const QByteArray &cells, const QByteArray &attributes)
{
    return drawioFile(drawioPage("<mxGraphModel " + attributes
                                     + "><root><mxCell id=\"0\"/><mxCell id=\"1\" parent=\"0\"/>" + cells
                                     + "</root></mxGraphModel>",
                                 "One"));
}

QByteArray drawioVertex(int id, const QByteArray &style, const QByteArray &label, int x, int y)
{
    return "<mxCell id=\"v" + QByteArray::number(id) + "\" value=\"" + QString::fromUtf8(label).toHtmlEscaped().toUtf8()
         + "\" style=\"" + QString::fromUtf8(style).toHtmlEscaped().toUtf8()
         + "\" vertex=\"1\" parent=\"1\"><mxGeometry x=\"" + QByteArray::number(x) + "\" y=\"" + QByteArray::number(y)
         + "\" width=\"100\" height=\"60\" as=\"geometry\"/></mxCell>";
}
