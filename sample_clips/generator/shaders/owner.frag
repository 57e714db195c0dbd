#version 330
in float v_face;
uniform int u_owner;
out vec4 colour;
void main() { colour = vec4(v_face > 0.5 ? float(u_owner) / 255.0 : 0.0, 0, 0, 1); }
