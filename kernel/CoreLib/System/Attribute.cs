namespace System;

/// <summary>What is written in brackets. None can be read at run time: there is no reflection.</summary>
public abstract class Attribute;
