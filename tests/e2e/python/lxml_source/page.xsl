<?xml version="1.0"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html"/>
  <xsl:template match="/items">
    <ul>
      <xsl:for-each select="item">
        <xsl:sort select="@price" data-type="number" order="descending"/>
        <li><xsl:value-of select="."/>: <xsl:value-of select="@price"/></li>
      </xsl:for-each>
    </ul>
  </xsl:template>
</xsl:stylesheet>
